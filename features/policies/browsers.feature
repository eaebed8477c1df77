Feature: Browsers on other sites

  Background:
    Given the gateway routes "/echo" to Echo
    And Echo may be called by browsers from "https://shop.example"

  Rule: A browser is told where calls may come from

    Example: A browser on the site asks before it posts
      When a browser at "https://shop.example" asks whether it may POST to "/echo"
      Then the call is answered
      And the answer allows "https://shop.example"
      And nothing reached any service

    Example: A browser on the site calls
      When somebody calls "/echo" with the header "Origin: https://shop.example"
      Then the call is answered
      And the answer allows "https://shop.example"
      And Echo was reached once

    Example: A browser on another site is not told that it may
      When somebody calls "/echo" with the header "Origin: https://evil.example"
      Then the call is answered
      And the answer allows "https://shop.example"

    Example: A question is answered before any token is asked for
      Given Echo is open only to consumers with a token
      When a browser at "https://shop.example" asks whether it may POST to "/echo"
      Then the call is answered
      And nothing reached any service
