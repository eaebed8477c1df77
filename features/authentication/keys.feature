Feature: API keys

  Background:
    Given the gateway routes "/echo" to Echo
    And Echo is open only to consumers with an API key
    And Acme has the API key "acme-key"

  Rule: Only a known key opens the door, and the service never sees it

    Example: A key in the header
      When somebody calls "/echo" with the API key "acme-key"
      Then the call is answered
      And Echo saw "Acme" as the consumer, and nobody else
      And Echo saw no header "apikey"

    Example: A key in the query
      When somebody calls "/echo?a=1&b=%20" with the API key "acme-key" in the query
      Then the call is answered
      And Echo was reached once, at "/?a=1&b=%20"

    Example: No key
      When somebody calls "/echo"
      Then the call is refused for want of a key
      And nothing reached any service

    Example: An unknown key
      When somebody calls "/echo" with the API key "guessed"
      Then the call is refused as an unknown key
      And nothing reached any service

    Example: Two keys
      When somebody calls "/echo" with the API keys "acme-key" and "guessed"
      Then the call is refused as two keys
      And nothing reached any service
