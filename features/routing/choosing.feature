Feature: Which route a call takes

  Rule: The longest prefix wins, on the borders of segments

    Scenario Outline: <path> goes to <service>
      Given the gateway routes "/shop" to Users
      And the gateway routes "/shop/orders" to Orders
      When somebody calls "<path>"
      Then <service> was reached once

      Examples:
        | path                | service |
        | /shop/public        | Users   |
        | /shop/orders/public | Orders  |
        | /shop/ordersX       | Users   |

  Rule: What is matched is what is sent

    Scenario Outline: <path> arrives as <arrives>
      Given the gateway routes "/echo" to Echo
      When somebody sends the target "<path>" as it is
      Then the call is answered
      And Echo was reached once, at "<arrives>"

      Examples:
        | path                | arrives |
        | /echo//a            | /a      |
        | /echo/./a           | /a      |
        | /echo/b/../a        | /a      |
        | /e%63ho/a           | /a      |
        | /echo/a%2Fb         | /a%2Fb  |
        | /echo/a%20b         | /a%20b  |
        | /nowhere/%2e%2e/echo/a | /a   |

  Rule: A host is a host whatever its case

    Example: A shouted host
      Given the gateway routes "/echo" to Echo
      When somebody calls "/echo" under its host in capitals
      Then the call is answered
      And Echo was reached once

    Example: Another host
      Given the gateway routes "/echo" to Echo
      When somebody calls "/echo" under the host "other.test"
      Then the call is refused as unroutable
      And nothing reached any service

  Rule: A header can decide

    Example: The header that the route wants
      Given the gateway routes "/echo" to Echo where "X-Version" is "two"
      When somebody calls "/echo" with the header "X-Version: two"
      Then the call is answered
      And Echo was reached once

    Example: Another value of it
      Given the gateway routes "/echo" to Echo where "X-Version" is "two"
      When somebody calls "/echo" with the header "X-Version: one"
      Then the call is refused as unroutable
      And nothing reached any service
