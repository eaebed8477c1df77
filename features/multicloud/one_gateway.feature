Feature: One gateway over two clouds
  The first stage: routes, and nothing else. The gateway adds a door, not yet a lock.

  Rule: A prefix leads to a service, which does not see the prefix

    Scenario Outline: <path> arrives at <service> as <arrives>
      Given the gateway routes "<prefix>" to <service>
      When somebody calls "<path>"
      Then the call is answered
      And <service> was reached once, at "<arrives>"

      Examples:
        | prefix  | path           | service | arrives |
        | /users  | /users/public  | Users   | /public |
        | /orders | /orders/public | Orders  | /public |

    Example: A query travels along as it is
      Given the gateway routes "/users" to Users
      When somebody calls "/users/public?a=1&a=%2F&b"
      Then the call is answered
      And Users was reached once, at "/public?a=1&a=%2F&b"

    Example: A route may keep its prefix
      Given the gateway routes "/echo" to Echo without stripping the prefix
      When somebody calls "/echo/a"
      Then the call is answered
      And Echo was reached once, at "/echo/a"

  Rule: A service behind the gateway still looks after itself

    Scenario Outline: <path> is forbidden by the service, not by the gateway
      Given the gateway routes "/users" to Users
      And the gateway routes "/orders" to Orders
      When somebody calls "<path>"
      Then the call is forbidden by the service
      And <service> was reached once

      Examples:
        | path      | service |
        | /users    | Users   |
        | /users/2  | Users   |
        | /orders/2 | Orders  |
