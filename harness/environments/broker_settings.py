"""The settings of a real broker: one node, KRaft, as quick to come back as it can be. Pure.

Where it listens is the environment's to say; everything else is the same wherever it runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

HOST = "127.0.0.1"
FETCH_WAIT_MS = "250"
"""How long ingest lets a fetch wait: a broker answers as soon as there is something; asked every 10 ms,
as the built-in cluster has to be, it is busy for nothing."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Shape: at is the "host:port" it is bound to, told the one that clients are told."""

    name: str
    at: str
    told: str


@dataclass(frozen=True, slots=True)
class Pulse:
    """How a controller knows that its broker lives.

    One that starts again takes its broker for alive until the session is over; with a session that
    is too short for the machine it takes it for dead again and again. Units: milliseconds.
    """

    session_ms: int
    heartbeat_ms: int


def properties(listeners: Sequence[Listener], controller: int, data: str, pulse: Pulse) -> str:
    """Draw `server.properties`.

    Shape:  the last listener is the broker's own: how it reaches itself; controller is the port of
            its quorum, data the folder of the logs.
    """
    quorum = f"{HOST}:{controller}"
    names = [one.name for one in listeners]
    settings = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{quorum}",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": names[-1],
        "listeners": ",".join(
            [*(f"{one.name}://{one.at}" for one in listeners), f"CONTROLLER://{quorum}"]
        ),
        "advertised.listeners": ",".join(f"{one.name}://{one.told}" for one in listeners),
        "listener.security.protocol.map": ",".join(
            f"{name}:PLAINTEXT" for name in [*names, "CONTROLLER"]
        ),
        "log.dirs": data,
        # a topic that is made by the first client would have other partitions than we ask for
        "auto.create.topics.enable": "false",
        **dict.fromkeys(_OF_ONE_NODE, "1"),
        "offsets.topic.num.partitions": "1",
        "group.initial.rebalance.delay.ms": "0",
        "broker.session.timeout.ms": str(pulse.session_ms),
        "broker.heartbeat.interval.ms": str(pulse.heartbeat_ms),
        # or it writes something twice a second, and does twice as much when there is nothing to do
        "metadata.max.idle.interval.ms": "0",
        # there is nobody else to elect
        "controller.quorum.election.timeout.ms": "100",
        "controller.quorum.election.backoff.max.ms": "50",
        "controller.quorum.fetch.timeout.ms": "300",
        # 128 MiB by default, for compacted topics, of which there are none to speak of
        "log.cleaner.dedupe.buffer.size": "4194304",
        "num.network.threads": "2",
        "num.io.threads": "4",
        "background.threads": "2",
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


_OF_ONE_NODE = (
    "offsets.topic.replication.factor",
    "transaction.state.log.replication.factor",
    "transaction.state.log.min.isr",
    "share.coordinator.state.topic.replication.factor",
    "share.coordinator.state.topic.min.isr",
)
