"""Every waiting time of the harness in one place, in seconds.

A wait ends when its condition holds; these are the limits after which it gives up and says so.
"""

POLL_S = 0.01  # between two looks of a wait loop
CHILD_READY_S = 30.0  # a child has printed that it serves
CONTAINER_POLL_S = 0.05  # between two looks at a container
CONTAINER_READY_S = 45.0  # a part in a container has shown that it serves
CONTAINER_END_HEARD_S = 2.0  # Docker has told of a container's end, after its output ended
BROKER_READY_S = 50.0  # a real broker, which needs two CPU seconds, has its topic
WARDEN_READY_S = 20.0  # the warden listens on its socket
WARDEN_GONE_S = 60.0  # the warden has ended everything, containers too, and removed its folder
COMPOSE_HEALTHY_S = 120.0  # every container of the Compose demo says that it is healthy
PLAN_PUBLISHED_S = 60.0  # the environment is up and serves the plan
RIG_OPEN_S = 60.0  # a rig is up and serves its document
DOCUMENT_SERVED_S = 10.0  # every replica serves a published version
REFUSAL_SEEN_S = 10.0  # a replica says that it refused a version
CALL_S = 10.0  # a call to a gateway or service is answered
ARRIVAL_S = 2.0  # a ledger shows what an answered call caused
EVENT_INDEXED_S = 10.0  # an event is in the index
INDEX_READ_S = 5.0  # an index shows everything that it holds
LATE_EVENTS_S = 0.3  # events of answered calls are in the index when a run drains
REPORTS_DELAYED_S = 20.0  # somebody notices that reports are not taken: a gate waits 5 s for Kafka
REPORTS_DELIVERED_S = 60.0  # what was kept while Kafka was away is delivered
RESOURCE_ENDED_S = 40.0  # a resource that was told to end has ended
FAULT_BITES_S = 5.0  # an injected fault shows an effect
FAULT_HEALED_S = 10.0  # the effect of a healed fault is gone
LONG_BATCH_RESERVE_S = 6.0  # the same for sixty calls at once, or with a publication among them
CLOCKS_DIFFER_S = 5.0  # what the clocks of two machines may be apart
WINDOW_RESERVE_S = 2.0  # what a counting window must have left before a batch starts
"""Less, and a batch may straddle the edge; 15 s put 18 % of the runs over their time."""
