Feature: What a gateway does to requests

  Rule: A body may be as large as its service takes, and no larger

    Scenario Outline: <size> bytes to a service that takes 64
      Given the gateway routes "/echo" to Echo
      And Echo takes bodies of at most 64 bytes
      When somebody posts <size> bytes to "/echo"
      Then the call is answered
      And Echo received <size> bytes

      Examples:
        | size |
        | 0    |
        | 63   |
        | 64   |

    Example: One byte more than the service takes
      Given the gateway routes "/echo" to Echo
      And Echo takes bodies of at most 64 bytes
      When somebody posts 65 bytes to "/echo"
      Then the call is refused as too large
      And nothing reached any service

    Example: One byte more, in chunks of which nobody said how many
      Given the gateway routes "/echo" to Echo
      And Echo takes bodies of at most 64 bytes
      When somebody posts 65 bytes in chunks to "/echo"
      Then the call is refused as too large
      And nothing reached any service

    Example: A large body travels whole
      Given the gateway routes "/echo" to Echo
      When somebody posts 1000000 bytes to "/echo"
      Then the call is answered
      And Echo received 1000000 bytes

    Example: A body in chunks travels whole
      Given the gateway routes "/echo" to Echo
      When somebody posts 300000 bytes in chunks to "/echo"
      Then the call is answered
      And Echo received 300000 bytes

  Rule: Every call can be followed by its correlation id

    Example: A caller without one gets one
      Given the gateway routes "/echo" to Echo
      And every call to Echo gets a correlation id in "X-Correlation-Id"
      When somebody calls "/echo"
      Then the call is answered
      And the answer's "X-Correlation-Id" is the one that Echo saw

    Example: Three calls have three of them
      Given the gateway routes "/echo" to Echo
      And every call to Echo gets a correlation id in "X-Correlation-Id"
      When somebody calls "/echo" 3 times
      Then every call is answered
      And every answer has another "X-Correlation-Id"

    Example: A caller's own is kept
      Given the gateway routes "/echo" to Echo
      And every call to Echo gets a correlation id in "X-Correlation-Id"
      When somebody calls "/echo" with the header "X-Correlation-Id: mine"
      Then the call is answered
      And Echo saw the header "X-Correlation-Id" as "mine"

    Example: A refusal has one as well
      Given the gateway routes "/echo" to Echo
      And Echo is open only to consumers with a token
      And every call to Echo gets a correlation id in "X-Correlation-Id"
      When somebody calls "/echo"
      Then the call is refused for want of a token
      And the answer has the header "X-Correlation-Id"

  Rule: Headers are added and removed on the way

    Example: A header is added
      Given the gateway routes "/echo" to Echo
      And the gateway adds the header "X-Stage: test" on the way to Echo
      When somebody calls "/echo"
      Then the call is answered
      And Echo saw the header "X-Stage" as "test"

    Example: A header that is there already is left alone
      Given the gateway routes "/echo" to Echo
      And the gateway adds the header "X-Stage: test" on the way to Echo
      When somebody calls "/echo" with the header "X-Stage: mine"
      Then the call is answered
      And Echo saw the header "X-Stage" as "mine"

    Example: A header is removed
      Given the gateway routes "/echo" to Echo
      And the gateway removes the header "X-Debug" on the way to Echo
      When somebody calls "/echo" with the header "X-Debug: on"
      Then the call is answered
      And Echo saw no header "X-Debug"
