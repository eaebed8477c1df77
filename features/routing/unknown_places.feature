Feature: Where no route leads

  Rule: What no route describes is not found, and no service hears of it

    Scenario Outline: <what>
      Given the gateway routes only GET "/users" to Users
      When somebody sends <method> "<path>"
      Then the call is refused as unroutable
      And nothing reached any service

      Examples:
        | what                                 | method | path          |
        | An unknown path                      | GET    | /unknown      |
        | The root                             | GET    | /             |
        | A prefix that ends inside a segment  | GET    | /usersX       |
        | A method the route does not name     | POST   | /users/public |
        | A method that HEAD is not implied by | HEAD   | /users/public |

    Example: A path that climbs out of its prefix
      Given the gateway routes only GET "/users" to Users
      When somebody sends the target "/users/../etc" as it is
      Then the call is refused as unroutable
      And nothing reached any service

  Rule: Every answer has a request id of the gateway's own

    Example: Three calls, three ids
      Given the gateway routes "/users" to Users
      When somebody calls "/users/public" 3 times
      Then every call is answered
      And every answer has a request id of its own
      And Users was reached 3 times
