Feature: Groups of consumers

  Background:
    Given the gateway routes "/echo" to Echo
    And Echo is open only to consumers with a token

  Rule: A group decides who may consume a service

    Example: A member of the group
      Given Echo is open only to the group "gold"
      And Acme is a consumer
      And Acme belongs to the group "gold"
      When Acme calls "/echo"
      Then the call is answered
      And Echo saw the header "X-Consumer-Groups" as "gold"

    Example: A consumer without the group
      Given Echo is open only to the group "gold"
      And Acme is a consumer
      When Acme calls "/echo"
      Then the call is refused as of the wrong group
      And nothing reached any service

    Example: A consumer who claims the group in a header
      Given Echo is open only to the group "gold"
      And Acme is a consumer
      And Acme belongs to the group "silver"
      When Acme calls "/echo" with the header "X-Consumer-Groups: gold"
      Then the call is refused as of the wrong group
      And nothing reached any service

    Example: A group that is shut out
      Given Echo is closed to the group "bronze"
      And Acme is a consumer
      And Acme belongs to the group "bronze"
      When Acme calls "/echo"
      Then the call is refused as of the wrong group
      And nothing reached any service

    Example: A caller without a token is nobody's member
      Given Echo is open only to the group "gold"
      When somebody calls "/echo"
      Then the call is refused for want of a token
      And nothing reached any service
