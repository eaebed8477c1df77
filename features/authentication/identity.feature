Feature: Who a service is told is calling

  Rule: The identity is the gateway's to tell, never the caller's

    Example: A consumer with a token is named
      Given the gateway routes "/echo" to Echo
      And Echo is open only to consumers with a token
      And Shop is a consumer
      When Shop calls "/echo"
      Then the call is answered
      And Echo saw "Shop" as the consumer, and nobody else

    Scenario Outline: A consumer cannot call itself <header>
      Given the gateway routes "/echo" to Echo
      And Echo is open only to consumers with a token
      And Shop is a consumer
      When Shop calls "/echo" with the header "<header>"
      Then the call is answered
      And Echo saw "Shop" as the consumer, and nobody else

      Examples:
        | header                          |
        | X-Consumer-Username: root       |
        | x-consumer-username: root       |
        | X_Consumer_Username: root       |
        | X-Consumer-Groups: admins       |
        | X-Authenticated-Userid: root    |
        | Connection: X-Consumer-Username |

    Example: Nobody can say that he came over TLS
      Given the gateway routes "/echo" to Echo
      When somebody calls "/echo" with the header "X-Forwarded-Proto: https"
      Then the call is answered
      And Echo saw the header "X-Forwarded-Proto" as "http"

    Scenario Outline: On an open route nobody can call himself <header>
      Given the gateway routes "/echo" to Echo
      When somebody calls "/echo" with the header "<header>"
      Then the call is answered
      And Echo saw no identity

      Examples:
        | header                    |
        | X-Consumer-Username: root |
        | X_Consumer-Groups: admins |
