"""How Apache Kafka is run in a container: one node, KRaft, as quick to come back as it can be. Pure.

INSIDE is advertised at the relay in front of it, if there is one, so that a cut link is really cut;
OUTSIDE at the published port; SELF is how the broker reaches itself, CONTROLLER its own quorum.
"""

from collections.abc import Mapping

INSIDE, CONTROLLER, OUTSIDE, SELF = 9092, 9093, 9094, 9095
PARTITIONS = 4

_JVM = (
    "-Xmx384m",
    "-XX:TieredStopAtLevel=1",  # half the time to the port; nobody measures this broker
    "-XX:+UseSerialGC",
    "-XX:-UsePerfData",
    # classes as a broker has them loaded: half the time once more. The official image has such a file
    # and ours does; the JVM goes without it, and says nothing, where it is missing or does not fit
    "-XX:SharedArchiveFile=/opt/kafka/kafka.jsa",
    "-Xlog:disable",
)
_JAVA = f"java {' '.join(_JVM)} -cp '/opt/kafka/libs/*'"

_LOG = b"""\
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d %p %c{1}: %m%n
rootLogger.level=warn
rootLogger.appenderRef.console.ref=console
"""


def command(home: str, state: str) -> tuple[str, ...]:
    """Return a command line that formats the folder the first time, and becomes the broker."""
    settings = f"{home}/server.properties"
    script = (
        f"[ -f {state}/data/meta.properties ] || "
        f"{_JAVA} kafka.tools.StorageTool format --cluster-id gateproof --config {settings} "
        f">/dev/null && exec {_JAVA} -Dlog4j2.configurationFile={home}/log4j2.properties "
        f"kafka.Kafka {settings}"
    )
    return ("sh", "-c", script)


def files(inside: str, outside: str, state: str) -> Mapping[str, bytes]:
    """Return what the command reads.

    Shape: inside and outside are the "host:port" that clients are told, state a folder to keep.
    """
    return {
        "server.properties": _properties(inside, outside, f"{state}/data").encode(),
        "log4j2.properties": _LOG,
    }


def _properties(inside: str, outside: str, data: str) -> str:
    settings = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@127.0.0.1:{CONTROLLER}",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "SELF",
        "listeners": f"INSIDE://:{INSIDE},OUTSIDE://:{OUTSIDE},SELF://127.0.0.1:{SELF},"
        f"CONTROLLER://127.0.0.1:{CONTROLLER}",
        "advertised.listeners": f"INSIDE://{inside},OUTSIDE://{outside},SELF://127.0.0.1:{SELF}",
        "listener.security.protocol.map": "INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT,SELF:PLAINTEXT,"
        "CONTROLLER:PLAINTEXT",
        "log.dirs": data,
        # a topic that is made by the first client would have other partitions than we ask for
        "auto.create.topics.enable": "false",
        **dict.fromkeys(_OF_ONE_NODE, "1"),
        "offsets.topic.num.partitions": "1",
        "group.initial.rebalance.delay.ms": "0",
        # a controller that starts again takes its broker for alive until this is over; with less, one
        # on a busy machine takes it for dead again and again
        "broker.session.timeout.ms": "3000",
        "broker.heartbeat.interval.ms": "250",
        # there is nobody else to elect
        "controller.quorum.election.timeout.ms": "100",
        "controller.quorum.election.backoff.max.ms": "50",
        "controller.quorum.fetch.timeout.ms": "300",
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
