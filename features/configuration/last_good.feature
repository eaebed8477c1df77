@needs-rig
Feature: The last good configuration

  Rule: A gateway that starts while the control plane is away serves what it served last

    Example: Gate and gateway are killed, and only the gateway comes back
      Given a gateway of its own, fed by the EU Cloud Gate
      And the gateway routes "/echo" to Echo
      And the gateway has kept its document
      And its Cloud Gate is killed
      And its gateway is killed
      And its gateway is started again
      And the gateway is ready
      When somebody calls "/echo"
      Then the call is answered
      And the gateway says that it serves what it kept

    Example: What was refused is not what is kept
      Given a gateway of its own, fed by the EU Cloud Gate
      And the gateway routes "/echo" to Echo
      And the gateway has kept its document
      And a new document names a plugin that nobody knows
      And its Cloud Gate is killed
      And its gateway is killed
      And its gateway is started again
      And the gateway is ready
      When somebody calls "/echo"
      Then the call is answered

  Rule: A gateway that has no document is not ready, and routes nothing

    Example: A gateway that was never told anything
      Given a gateway of its own that has no document yet
      And the gateway routes "/echo" to Echo
      When somebody calls "/echo"
      Then the call is refused as unroutable
      And the gateway says that it is not ready
      And nothing reached any service
