Feature: What is not HTTP

  Rule: Bytes that are no request are refused, and no service hears of them

    Scenario Outline: <what>
      Given the gateway routes "/echo" to Echo
      When somebody sends "<words>" instead of a request
      Then the call is refused as not HTTP
      And nothing reached any service

      Examples:
        | what                | words                  |
        | Another protocol    | SSH-2.0-OpenSSH_9.2    |
        | An unfinished line  | GET                    |
        | A request without a host | GET /echo HTTP/1.1 |
