Feature: The gateway asks for a token
  The second stage: the jwt plugin on both services. What was open before is now closed as well.

  Background:
    Given the gateway routes "/users" to Users
    And the gateway routes "/orders" to Orders
    And Users is open only to consumers with a token
    And Orders is open only to consumers with a token
    And Shop is a consumer

  Rule: Without a token nothing gets through, the public endpoint included

    Scenario Outline: <path> without a token
      When somebody calls "<path>"
      Then the call is refused for want of a token
      And nothing reached any service

      Examples:
        | path           |
        | /users         |
        | /users/public  |
        | /users/2       |
        | /orders/public |
        | /orders/2      |

  Rule: With a consumer's token people reach what is theirs on both clouds

    Example: An admin gets the list of all users
      When Ada calls "/users"
      Then the call is answered
      And the answer lists 6 records, and one belongs to "grace@example.com"
      And Users was reached once

    Example: A user gets her own record
      When Grace calls "/users/2"
      Then the call is answered
      And the answer is the record of "grace@example.com"

    Example: A user gets her own orders
      When Grace calls "/orders/2"
      Then the call is answered
      And Orders was reached once, at "/2"

    Scenario Outline: <who> is refused <path> by the service
      When <who> calls "<path>"
      Then the call is forbidden by the service
      And <service> was reached once

      Examples:
        | who   | path      | service |
        | Grace | /users    | Users   |
        | Grace | /users/1  | Users   |
        | Linus | /orders/2 | Orders  |
