"""The settings of a real broker: one node, KRaft, loopback, as quick to come back as it can be. Pure.

Three listeners: CLIENTS is advertised at the relay in front of it, so that a cut link is really cut;
DIRECT is never behind a relay and tells whether the broker serves; CONTROLLER is its own quorum.
"""

from dataclasses import dataclass

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the three listeners of a broker are."""

    clients: int
    direct: int
    controller: int


def properties(ports: Ports, advertised: str, data: str) -> str:
    """Draw `server.properties`.

    Shape:  advertised is the "host:port" that clients are told, data the folder of the logs.
    """
    settings = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{HOST}:{ports.controller}",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "DIRECT",
        "listeners": f"CLIENTS://{HOST}:{ports.clients},DIRECT://{HOST}:{ports.direct},"
        f"CONTROLLER://{HOST}:{ports.controller}",
        "advertised.listeners": f"CLIENTS://{advertised},DIRECT://{HOST}:{ports.direct}",
        "listener.security.protocol.map": "CLIENTS:PLAINTEXT,DIRECT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": data,
        # a topic that is made by the first client would have other partitions than we ask for
        "auto.create.topics.enable": "false",
        **dict.fromkeys(_OF_ONE_NODE, "1"),
        "offsets.topic.num.partitions": "1",
        "group.initial.rebalance.delay.ms": "0",
        # a controller that starts again takes its broker for alive until this is over
        "broker.session.timeout.ms": "1000",
        "broker.heartbeat.interval.ms": "100",
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
