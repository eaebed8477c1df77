Feature: Which tokens open a door

  Background:
    Given the gateway routes "/echo" to Echo
    And Echo is open only to consumers with a token

  Rule: Only a whole, signed, current token of a known consumer is accepted

    Background:
      Given Shop is a consumer

    Example: A consumer's token
      When Shop calls "/echo"
      Then the call is answered
      And Echo was reached once

    Scenario Outline: <token> is <outcome>
      When somebody calls "/echo" with <token>
      Then the call is <outcome>
      And nothing reached any service

      Examples:
        | token                              | outcome                           |
        | a token that is not one            | refused as unreadable             |
        | a token cut in half                | refused as unreadable             |
        | an unsigned token                  | refused as unsigned               |
        | a tampered token                   | refused as forged                 |
        | a token signed with another secret | refused as forged                 |
        | a token of another algorithm       | refused as of the wrong algorithm |
        | an expired token                   | refused as expired                |
        | a token that expires this second   | refused as expired                |
        | a token that is not valid yet      | refused as not yet valid          |
        | a token that never expires         | refused as never expiring         |
        | a token that expires in words      | refused as never expiring         |
        | a token of an unknown consumer     | refused as of an unknown consumer |
        | a token that names no consumer     | refused as naming no consumer     |

  Rule: A token that was accepted once is looked at again each time

    Example: A token that expires between two calls
      Given Shop is a consumer
      When Shop calls "/echo" with a token that lasts a second, and again when it is over
      Then the 1st call is answered
      And the 2nd call is refused as expired
      And Echo was reached 1 times

  Rule: A public key is no secret

    Background:
      Given Globex is a consumer with a key pair

    Example: A token signed with the private key
      When Globex calls "/echo"
      Then the call is answered
      And Echo saw "Globex" as the consumer, and nobody else

    Example: A token signed with the public key, as if it were a secret
      When somebody calls "/echo" with a token signed with the public key
      Then the call is refused as of the wrong algorithm
      And nothing reached any service
