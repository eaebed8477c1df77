Feature: What becomes of a call in the analytics

  Rule: Every answered call, refused ones included, is exactly one event of its account

    Example: An answered call
      Given the gateway routes "/echo" to Echo
      And Echo is open only to consumers with a token
      And Shop is a consumer
      When Shop calls "/echo"
      Then the call is answered
      And every call is exactly one event in the index of its account
      And the event says 200, by Shop
      And the event is dated as the call was made

    Example: A call without a token
      Given the gateway routes "/echo" to Echo
      And Echo is open only to consumers with a token
      When somebody calls "/echo"
      Then the call is refused for want of a token
      And every call is exactly one event in the index of its account
      And the event says 401, by nobody

    Example: A call to nowhere
      Given the gateway routes "/echo" to Echo
      When somebody calls "/nowhere"
      Then the call is refused as unroutable
      And the event says 404, by nobody

    Example: A call to a service that is down
      Given "/down" leads to a service that is down
      When somebody calls "/down"
      Then the call is failed as unreachable
      And the event says 502, by nobody

    Example: Calls over the quota
      Given the gateway routes "/echo" to Echo
      And Echo is open only to consumers with a token
      And Echo admits 3 calls a minute from each consumer
      And Shop is a consumer
      When Shop calls "/echo" 5 times
      Then exactly 2 calls are refused as over quota
      And every call is exactly one event in the index of its account
      And the event says 429, by Shop

    Example: A login
      Given "/login" invokes the login function
      When Grace logs in with a wrong password
      Then the call is answered
      And every call is exactly one event in the index of its account

    Example: Calls over two replicas
      Given the gateway routes "/echo" to Echo
      When somebody calls "/echo" 6 times, spread over the replicas
      Then every call is answered
      And every call is exactly one event in the index of its account

  Rule: No event carries a credential

    Example: A token in the query
      Given the gateway routes "/echo" to Echo
      And Echo is open only to consumers with a token
      And Shop is a consumer
      When Shop calls "/echo" with its token in the query
      Then the call is answered
      And no event carries a credential

  @needs-rig
  Rule: What could not be reported at once is reported later, once

    Example: The reports link is cut for a while
      Given a gateway of its own, fed by the EU Cloud Gate
      And the gateway routes "/echo" to Echo
      When somebody calls "/echo" 5 times while the reports link is cut
      Then every call is answered
      And every call is exactly one event in the index of its account
      And the index of the EU account holds 5 events in all

  @needs-rig
  Rule: Events stay in the region of their account

    Example: Calls in the US
      Given a gateway in each region
      And the gateway routes "/echo" to Echo
      When somebody calls "/echo" in the US 3 times
      Then every call is answered
      And every call is exactly one event in the index of its account
      And the index of the US account holds 3 events in all
      And the index of the EU account holds 0 events in all

    Example: A gateway that reports in the name of another account
      Given a gateway in each region
      When a gateway of the EU account reports an event as the US account's
      Then the call is taken by the gate
      And the index of the EU account holds 1 events in all
      And the index of the US account holds 0 events in all

  @needs-rig
  Rule: A report is taken when Kafka has acknowledged it, and not before

    Example: A gate that has no Kafka
      Given a gateway of its own, fed by the EU Cloud Gate
      When a gateway of the EU account reports an event to a gate that has no Kafka
      Then the call is refused by the gate as not acknowledged

  @needs-rig
  Rule: What is reported twice is one event, and half a report is none

    Example: The same event twice
      Given a gateway of its own, fed by the EU Cloud Gate
      When a gateway of the EU account reports the same event twice, and another
      Then the call is taken by the gate
      And the index of the EU account holds 2 events in all

    Example: An event that is none among others
      Given a gateway of its own, fed by the EU Cloud Gate
      When a gateway of the EU account reports an event, and words that are none
      Then the call is refused by the gate as no report
      And the index of the EU account holds 0 events in all

  Rule: Markup is data like any other, wherever a caller puts it

    Example: A script as name, claim, path, headers and body
      Given the gateway routes "/echo" to Echo
      And Echo is open only to consumers with a token
      And a consumer has a script for a name
      When that consumer posts to "/echo" with a script wherever a caller can put one
      Then the call is answered
      And Echo was reached once
      And Echo saw the scripts as they were sent
      And every call is exactly one event in the index of its account
