Feature: Functions behind the gateway

  Rule: A function's answer is passed on as it is

    Example: A function that answers
      Given "/function" invokes a function that says hello
      When somebody calls "/function"
      Then the call is answered
      And the function was reached once

    Example: A function's error is still its answer
      Given "/function" invokes a function that fails
      When somebody calls "/function"
      Then the call is answered
      And the function was reached once

    Example: A large body reaches the function whole
      Given "/function" invokes a function that says hello
      When somebody posts 20000 bytes to "/function"
      Then the call is answered
      And the function received at least 20000 bytes

  Rule: What goes wrong at the provider is the gateway's to say, and tells nothing of the provider

    Scenario Outline: A function that <answer>
      Given "/function" invokes a function that <answer>
      When somebody calls "/function"
      Then the call is failed as a broken function
      And the function was reached once

      Examples:
        | answer         |
        | is throttled   |
        | is forbidden   |
        | is unknown     |
        | takes too long |

  Rule: As a proxy, a function decides on status, headers and body

    Example: A whole answer
      Given "/function" is answered as a proxy by a function that gives a whole answer
      When somebody calls "/function"
      Then the call is answered 201 with "made"
      And the answer has the header "X-Made-By"

    Example: An answer in base64
      Given "/function" is answered as a proxy by a function that answers in base64
      When somebody calls "/function"
      Then the call is answered 200 with "decoded"

    Scenario Outline: As a proxy, a function that <answer>
      Given "/function" is answered as a proxy by a function that <answer>
      When somebody calls "/function"
      Then the call is failed as a bad function answer
      And the function was reached once

      Examples:
        | answer                       |
        | gives a status that is none  |
        | gives headers that are none  |
        | gives a body that is none    |
        | answers with words           |
