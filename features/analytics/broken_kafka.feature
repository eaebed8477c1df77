@needs-rig @needs-real-kafka
Feature: Events while Kafka or ingest is in trouble

  @slow
  Rule: A gateway answers whatever becomes of Kafka, and every call is one event all the same

    Example: Calls while Kafka is <trouble>
      Given a gateway of its own, whose events go through a Kafka of its own
      And the gateway routes "/echo" to Echo
      When somebody calls "/echo" again and again while Kafka is <trouble>
      Then every call is answered
      And every call is exactly one event in the index of its account

      Examples:
        | trouble                  |
        | killed and started again |
        | frozen for a while       |
        | cut off for a while      |

  @slow
  Rule: Ingest goes on where it stopped

    Example: Calls while ingest is <trouble>
      Given a gateway of its own, whose events go through a Kafka of its own
      And the gateway routes "/echo" to Echo
      When somebody calls "/echo" again and again while ingest is <trouble>
      Then every call is answered
      And every call is exactly one event in the index of its account

      Examples:
        | trouble                  |
        | killed and started again |
        | frozen for a while       |

  @slow
  Rule: A gate takes a report when Kafka has acknowledged it, and not before

    Example: Reports while Kafka is <trouble>
      Given a gateway of its own, whose events go through a Kafka of its own
      When 5 batches of 20 events are reported while Kafka is <trouble>
      Then no batch was taken while Kafka was away
      And every batch was taken
      And every event that was reported is exactly one document

      Examples:
        | trouble                  |
        | killed and started again |
        | frozen for a while       |
        | cut off for a while      |

  @slow
  Rule: A batch that is reported again is still one document per event

    Example: The gate ends between handing a batch to Kafka and hearing of it
      Given a gateway of its own, whose events go through a Kafka of its own
      When a batch is reported again because its gate was killed before Kafka had acknowledged it
      Then every batch was taken
      And every event that was reported is exactly one document
      And Kafka holds some of them twice

  @slow
  Rule: Of many events none is lost and none is doubled

    Example: Fifty thousand events
      Given a gateway of its own, whose events go through a Kafka of its own
      When 20 batches of 2500 events are reported
      Then every batch was taken
      And every event that was reported is exactly one document
      And the index of the EU account holds 50000 events in all

    Example: Fifty thousand events, and Kafka is killed among them
      Given a gateway of its own, whose events go through a Kafka of its own
      When 20 batches of 2500 events are reported, and in the middle of it Kafka is killed and started again
      Then every batch was taken
      And every event that was reported is exactly one document
      And the index of the EU account holds 50000 events in all
