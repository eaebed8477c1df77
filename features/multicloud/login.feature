Feature: Logging in through the gateway
  "/login" has a route and no upstream: the gateway invokes a Lambda function with the request body.

  Rule: The function decides, and its answer is passed on as it is

    Example: The right password is worth a token
      Given "/login" invokes the login function
      And Shop is a consumer
      And the login function signs with the key of Shop, as the admin port tells it
      When Grace logs in
      Then the call is answered
      And the function hands out a token for Grace with the key of Shop
      And the function was invoked 1 times

    Example: A wrong password is worth nothing
      Given "/login" invokes the login function
      When Grace logs in with a wrong password
      Then the call is answered
      And the function says 401
      And the function was invoked 1 times

    Example: A gateway with a wrong key cannot invoke it
      Given "/login" invokes the login function with a wrong key
      When Grace logs in
      Then the call is failed as a broken function

  Rule: The token from the login opens both services

    Background:
      Given "/login" invokes the login function
      And the gateway routes "/users" to Users
      And the gateway routes "/orders" to Orders
      And Users is open only to consumers with a token
      And Orders is open only to consumers with a token
      And Shop is a consumer
      And the login function signs with the key of Shop, as the admin port tells it

    Scenario Outline: <who> logs in and calls <path>
      Given <who> has logged in
      When <who> calls "<path>"
      Then the call is answered
      And <service> was reached once

      Examples:
        | who   | path      | service |
        | Ada   | /users    | Users   |
        | Grace | /users/2  | Users   |
        | Grace | /orders/2 | Orders  |
        | Ada   | /orders/3 | Orders  |
