Feature: Tokens that somebody tries all the same
  Where a running Kong answers 500 to some of these, the reference gateway says 401 like to any other.

  Background:
    Given the gateway routes "/echo" to Echo
    And Echo is open only to consumers with a token
    And Shop is a consumer

  Rule: Whatever is malformed is refused with 401, and no service hears of it

    Scenario Outline: <token> is <outcome>
      When somebody calls "/echo" with <token>
      Then the call is <outcome>
      And nothing reached any service

      Examples:
        | token                                  | outcome                       |
        | a token with an empty key              | refused as badly named        |
        | a token whose key is a number          | refused as badly named        |
        | a token whose key is a list            | refused as badly named        |
        | a token whose key is an object         | refused as badly named        |
        | a token whose key is true              | refused as badly named        |
        | a token that expires as true           | refused as never expiring     |
        | a token that expires never, in numbers | refused as never expiring     |
        | a token that becomes valid in words    | refused as never expiring     |
        | a token whose payload is null          | refused as unreadable         |
        | a token whose payload is a number      | refused as unreadable         |
        | a token whose payload is a list        | refused as naming no consumer |
        | a token whose header is null           | refused as unsigned           |
        | a token whose header is a number       | refused as unsigned           |
        | a token whose header is not JSON       | refused as unreadable         |
        | a token whose algorithm is a number    | refused as unsigned           |
        | a token of an unheard-of algorithm     | refused as unsigned           |
        | a token without an algorithm           | refused as unsigned           |
        | a token with an empty signature        | refused as forged             |
        | a token with four parts                | refused as wrongly signed     |
        | a token with a plus in its signature   | refused as wrongly signed     |

  Rule: A token counts only where it is looked for, and only one of them

    Example: A token in a cookie that nobody asked for
      When Shop calls "/echo" with its token in a cookie
      Then the call is refused for want of a token
      And nothing reached any service

    Example: A token under another scheme
      When Shop calls "/echo" with its token as "Basic"
      Then the call is refused for want of a token
      And nothing reached any service

    Example: The same token twice
      When Shop calls "/echo" with its token in header and query
      Then the call is answered
      And Echo was reached once

    Example: Two tokens
      When Shop calls "/echo" with its token in the header and another in the query
      Then the call is refused as ambiguous
      And nothing reached any service
