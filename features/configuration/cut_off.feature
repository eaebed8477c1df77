@needs-rig
Feature: A gateway without its control plane

  Rule: A gateway keeps serving its last configuration while the control plane is away

    Example: The link to the control plane is cut
      Given a gateway of its own, fed by the EU Cloud Gate
      And the gateway routes "/echo" to Echo
      And its control plane link is cut
      When somebody calls "/echo"
      Then the call is answered
      And the gateway says that it is cut off, and ready all the same

    Example: The Cloud Gate is killed
      Given a gateway of its own, fed by the EU Cloud Gate
      And the gateway routes "/echo" to Echo
      And its Cloud Gate is killed
      When somebody calls "/echo"
      Then the call is answered
      And the gateway says that it is cut off, and ready all the same

  Rule: What changed meanwhile arrives when the link is back

    Example: A document published while the link was cut
      Given a gateway of its own, fed by the EU Cloud Gate
      And the gateway routes "/echo" to Echo
      And its control plane link is cut
      And a new document that routes "/fresh" to Echo waits at the gate
      And its control plane link is healed
      And the gateway has caught up
      When somebody calls "/fresh"
      Then the call is answered

    Example: Versions go on after the gate was started again
      Given a gateway of its own, fed by the EU Cloud Gate
      And the gateway routes "/echo" to Echo
      And its Cloud Gate is killed
      And its Cloud Gate is started again
      And a new document routes "/fresh" to Echo instead
      When somebody calls "/fresh"
      Then the call is answered

  Rule: Without its Redis a gateway that must count refuses

    Example: Redis is cut off
      Given a gateway of its own that counts in a Redis of its own
      And the gateway routes "/echo" to Echo
      And Echo is open only to consumers with a token
      And Echo admits 3 calls a minute from each consumer over all replicas
      And Acme is a consumer
      When Acme calls "/echo" 2 times while the Redis link is cut
      Then every call is refused for want of a quota
      And nothing reached any service
