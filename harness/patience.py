"""Every waiting time of the harness in one place, in seconds.

A wait ends when its condition holds; these are the limits after which it gives up and says so.
"""

POLL_S = 0.01  # between two looks of a wait loop
CHILD_READY_S = 30.0  # a child has printed that it serves
BROKER_READY_S = 50.0  # a real broker, which needs two CPU seconds, has its topic
WARDEN_READY_S = 20.0  # the warden listens on its socket
WARDEN_GONE_S = 20.0  # the warden has ended everything and removed its folder
PLAN_PUBLISHED_S = 60.0  # the environment is up and serves the plan
RIG_OPEN_S = 60.0  # a rig is up and serves its document
DOCUMENT_SERVED_S = 10.0  # every replica serves a published version
REFUSAL_SEEN_S = 10.0  # a replica says that it refused a version
CALL_S = 10.0  # a call to a gateway or service is answered
ARRIVAL_S = 2.0  # a ledger shows what an answered call caused
EVENT_INDEXED_S = 10.0  # an event is in the index
REPORTS_DELAYED_S = 20.0  # somebody notices that reports are not taken: a gate waits 5 s for Kafka
REPORTS_DELIVERED_S = 60.0  # what was kept while Kafka was away is delivered
RESOURCE_ENDED_S = 40.0  # a resource that was told to end has ended
FAULT_BITES_S = 5.0  # an injected fault shows an effect
FAULT_HEALED_S = 10.0  # the effect of a healed fault is gone
LONG_BATCH_RESERVE_S = 6.0  # the same for sixty calls at once, or with a publication among them
WINDOW_RESERVE_S = 2.0  # what a counting window must have left before a batch starts
"""Less, and a batch may straddle the edge; 15 s put 18 % of the runs over their time."""
