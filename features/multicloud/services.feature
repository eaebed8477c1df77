Feature: Three services on two clouds, without a gateway
  Users runs on App Engine, Orders in a container on EC2, Auth is a Lambda function.
  Nobody stands in front of them yet, so each has to look after itself.

  Rule: A service is open to nobody, except for its public endpoint

    Scenario Outline: <service> answers everybody on its public endpoint
      When somebody asks <service> directly for "/public"
      Then the call is answered
      And the answer says "<service> Service: PUBLIC ENDPOINT"
      And <service> was reached once

      Examples:
        | service |
        | Users   |
        | Orders  |

    Scenario Outline: <service> forbids <path> to a caller without a token
      When somebody asks <service> directly for "<path>"
      Then the call is forbidden by the service
      And <service> was reached once

      Examples:
        | service | path |
        | Users   | /    |
        | Users   | /2   |
        | Orders  | /2   |

  Rule: People see what is theirs, and admins see everything

    Example: An admin gets the list of all users
      When Ada asks Users directly for "/"
      Then the call is answered
      And the answer lists 6 records, and one belongs to "grace@example.com"

    Example: A user gets her own record
      When Grace asks Users directly for "/2"
      Then the call is answered
      And the answer is the record of "grace@example.com"

    Scenario Outline: <who> may not read <path> of <service>
      When <who> asks <service> directly for "<path>"
      Then the call is forbidden by the service

      Examples:
        | who   | service | path |
        | Grace | Users   | /    |
        | Grace | Users   | /1   |
        | Linus | Orders  | /2   |

  Rule: The login function answers only who signs with its key

    Example: An invocation without a signature is forbidden
      When somebody invokes the login function without a signature
      Then the call is forbidden by the service

    Example: An invocation signed with another key is forbidden
      When somebody invokes the login function, signed with a wrong key
      Then the call is forbidden by the service
