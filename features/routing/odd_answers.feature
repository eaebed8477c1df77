Feature: Services that answer oddly
  A running Kong passes bytes that are no HTTP on to the caller as they are.

  Rule: What is no answer is not passed on

    Scenario Outline: A service <answers>
      Given "/odd" leads to a service that <answers>
      When somebody calls "/odd"
      Then the call is failed as unreachable
      And Echo was reached once

      Examples:
        | answers                            |
        | answers with garbage               |
        | answers in HTTP/2.0                |
        | answers with two lengths           |
        | answers with a length and chunks   |
        | answers with a length that is none |
        | answers with a status that is none |
        | answers with a folded header       |
        | hangs up in the middle of its head |

  Rule: What may have had an effect is not sent twice

    Scenario Outline: A POST to a service that <answers>
      Given "/odd" leads to a service that <answers>
      When somebody sends POST "/odd"
      Then the call is failed as unreachable
      And Echo was reached once

      Examples:
        | answers                 |
        | hangs up without a word |
        | resets the connection   |

  Rule: Half an answer is never passed off as a whole one

    Scenario Outline: Half an answer: a service <answers>
      Given "/odd" leads to a service that <answers>
      When somebody calls "/odd"
      Then the call is broken off
      And Echo was reached once

      Examples:
        | answers                              |
        | hangs up in the middle of its body   |
        | hangs up in the middle of its chunks |
        | resets in the middle of its body     |
