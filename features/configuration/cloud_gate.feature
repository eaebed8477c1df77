@needs-rig
Feature: Configuration from a Cloud Gate

  Rule: A gateway serves what its gate hands out

    Example: A new document brings a new route
      Given a gateway of its own, fed by the EU Cloud Gate
      And the gateway routes "/echo" to Echo
      And a new document routes "/fresh" to Echo instead
      When somebody calls "/fresh"
      Then the call is answered
      And Echo was reached once

    Example: A new document takes the old route away
      Given a gateway of its own, fed by the EU Cloud Gate
      And the gateway routes "/echo" to Echo
      And a new document routes "/fresh" to Echo instead
      When somebody calls "/echo"
      Then the call is refused as unroutable
      And nothing reached any service

    Example: Replicas agree on the version
      Given two replicas of their own, fed by the EU Cloud Gate
      And the gateway routes "/echo" to Echo
      And a new document routes "/fresh" to Echo instead
      When somebody calls "/fresh" 4 times, spread over the replicas
      Then every call is answered
      And every replica serves the same version

    Example: The US has a gate of its own
      Given a gateway of its own, fed by the US Cloud Gate
      And the gateway routes "/echo" to Echo
      When somebody calls "/echo"
      Then the call is answered
      And Echo was reached once

    Example: A consumer that a new document does not know
      Given a gateway of its own, fed by the EU Cloud Gate
      And the gateway routes "/echo" to Echo
      And Echo is open only to consumers with a token
      And Shop is a consumer
      When Shop calls "/echo", and again when a new document knows no consumer
      Then the 1st call is answered
      And the 2nd call is refused as of an unknown consumer
      And Echo was reached 1 times

  Rule: A bad document never replaces a good one

    Example: A document with an unknown plugin
      Given a gateway of its own, fed by the EU Cloud Gate
      And the gateway routes "/echo" to Echo
      And a new document names a plugin that nobody knows
      When somebody calls "/echo"
      Then the call is answered
      And the gateway still serves the version before, and says what it refused

    Example: A good document after a bad one
      Given a gateway of its own, fed by the EU Cloud Gate
      And the gateway routes "/echo" to Echo
      And a new document names a plugin that nobody knows
      And a new document routes "/fresh" to Echo instead
      When somebody calls "/fresh"
      Then the call is answered

  Rule: A publication gives nobody a new budget

    Example: Two calls before, three calls after, three admitted in all
      Given a gateway of its own, fed by the EU Cloud Gate
      And the gateway routes "/echo" to Echo
      And Echo is open only to consumers with a token
      And Echo admits 3 calls a minute from each consumer
      And Acme is a consumer
      When Acme calls "/echo" 2 times, and 3 times after the same document is published once more
      Then exactly 3 calls are answered
      And exactly 2 calls are refused as over quota
      And Echo was reached 3 times

    Example: Twenty publications under load
      Given a gateway of its own, fed by the EU Cloud Gate
      And the gateway routes "/echo" to Echo
      When somebody calls "/echo" without pause while 20 documents are published
      Then every call is answered
      And every call reached Echo exactly once

  Rule: A gate answers only whom its region and its account are meant for

    Example: A token of another region
      Given a gateway of its own, fed by the EU Cloud Gate
      And the gateway routes "/echo" to Echo
      When a gateway of the US account asks the EU gate for its document
      Then the call is refused by the gate as another region's
      And the gate's answer says nothing about Echo

    Example: A token that has expired
      Given a gateway of its own, fed by the EU Cloud Gate
      And the gateway routes "/echo" to Echo
      When a gateway with an expired Cloud Token asks the EU gate for its document
      Then the call is refused by the gate as nobody's

    Example: A token that somebody has tampered with
      Given a gateway of its own, fed by the EU Cloud Gate
      And the gateway routes "/echo" to Echo
      When a gateway with a tampered Cloud Token asks the EU gate for its document
      Then the call is refused by the gate as nobody's
      And the gate's answer says nothing about Echo
