@needs-rig
Feature: Events of a gateway that ends

  Rule: A gateway that is told to end loses no event

    Example: The gateway ends while its events can be reported
      Given a gateway of its own, fed by the EU Cloud Gate
      And the gateway routes "/echo" to Echo
      When somebody calls "/echo" 5 times, and the gateway is told to end and started again
      Then every call is answered
      And every call is exactly one event in the index of its account

    Example: The gateway ends while its events cannot be reported
      Given a gateway of its own, fed by the EU Cloud Gate
      And the gateway routes "/echo" to Echo
      When somebody calls "/echo" 5 times, the reports link is cut, and the gateway ends and starts again
      Then every call is answered
      And every call is exactly one event in the index of its account

  Rule: A gateway that is killed loses nothing that it has written down

    Example: The gateway is killed while its events cannot be reported
      Given a gateway of its own, fed by the EU Cloud Gate
      And the gateway routes "/echo" to Echo
      When somebody calls "/echo" 5 times, the reports link is cut, and the gateway is killed once it has written them down
      Then every call is answered
      And every call is exactly one event in the index of its account
