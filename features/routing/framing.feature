Feature: Where one request ends and the next begins
  A gateway and a service that disagree about it let strangers smuggle requests past every check.

  Background:
    Given the gateway routes "/echo" to Echo

  Rule: An honest request arrives as it was meant, however it was written

    Scenario Outline: A caller writes <request>
      When somebody writes <request> to "/echo"
      Then the call is answered
      And Echo received 3 bytes
      And Echo saw no identity
      And Echo saw no header "X-Late"

      Examples:
        | request                           |
        | an honest request by hand         |
        | a chunked request by hand         |
        | a trailer that claims an identity |

  Rule: What is meant for one hop ends at the gateway

    Example: A header that the caller names in Connection
      When somebody writes a header for one hop only to "/echo"
      Then the call is answered
      And Echo saw no header "X-Hop"

  Rule: An answer ends where its head says so

    Example: A question for the head of a refusal
      When somebody writes a question for the head alone to "/nowhere"
      Then the call is refused as unroutable
      And nothing follows the head of the answer

  Rule: Where the framing is in doubt the request is refused and the connection closed

    Scenario Outline: A caller writes <request>, and is refused
      When somebody writes <request> to "/echo"
      Then the call is refused as not HTTP
      And the connection is closed
      And nothing reached any service

      Examples:
        | request                      |
        | a length and chunks          |
        | two lengths                  |
        | the same length twice        |
        | a list of lengths            |
        | a negative length            |
        | a length with a sign         |
        | a length in words            |
        | chunks of no size            |
        | a chunk size with a sign     |
        | a chunk longer than its size |
        | gzip before chunks           |
        | chunks twice                 |
        | chunks in HTTP/1.0           |
        | a folded header              |
        | a space before a colon       |
        | a header without a name      |
        | a bare carriage return       |
        | a NUL in a header            |
        | no host                      |
        | two hosts                    |
        | a request of RTSP            |
        | an upgrade with a body       |
