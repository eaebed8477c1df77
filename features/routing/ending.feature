@needs-rig
Feature: A gateway that is told to end

  Rule: What was asked before is answered

    Example: A slow call while the gateway is told to end
      Given a gateway of its own, fed by the EU Cloud Gate
      And "/slow" leads to a service that takes 0.5 seconds, and the gateway waits 3000 ms
      When somebody calls "/slow", and the gateway is told to end before it has answered
      Then the call is answered
      And Echo was reached once
