@needs-rig
Feature: An index that is filled from where it was left

  Rule: What arrived while nobody read is read later, once

    Example: The reader of the index is killed for a while
      Given a gateway of its own, with an index of its own
      And the gateway routes "/echo" to Echo
      When somebody calls "/echo" 3 times before and 3 times after the ingest is killed
      Then every call is answered
      And every call is exactly one event in the index of its account
      And the index of the EU account holds 6 events in all

    Example: The reader of the index is killed when it has read
      Given a gateway of its own, with an index of its own
      And the gateway routes "/echo" to Echo
      When somebody calls "/echo" 5 times, and ingest is killed once it has read of them
      Then every call is answered
      And every call is exactly one event in the index of its account
