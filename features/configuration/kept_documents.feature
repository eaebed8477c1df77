@needs-rig
Feature: What somebody does to a kept document

  Background:
    Given a gateway of its own that counts in a Redis of its own
    And the gateway routes "/echo" to Echo
    And the gateway has kept its document

  Rule: A document that is not as the gateway kept it is never served

    Example: A route was changed
      Given somebody has changed "/echo" in what the gateway keeps to "/hack"
      And its Cloud Gate is killed
      And its gateway is killed
      And its gateway is started again
      And the gateway has looked at what it kept
      When somebody calls "/hack"
      Then the call is refused as unroutable
      And the gateway says that it is not ready
      And nothing reached any service

  Rule: A gateway never goes back to an older document than it ran

    Example: The document before was put back
      Given somebody has a copy of what the gateway keeps
      And a new document routes "/fresh" to Echo instead
      And the gateway has kept its document
      And somebody has put the copy back
      And its Cloud Gate is killed
      And its gateway is killed
      And its gateway is started again
      And the gateway has looked at what it kept
      When somebody calls "/echo"
      Then the call is refused as unroutable
      And the gateway says that it is not ready
      And nothing reached any service
