"""How Apache Kafka is run in a container: one node, KRaft, as quick to come back as it can be. Pure.

INSIDE is advertised at the relay in front of it, if there is one, so that a cut link is really cut;
OUTSIDE at the published port; SELF is how the broker reaches itself, CONTROLLER its own quorum.
"""

from collections.abc import Mapping

from harness.environments.broker_settings import HOST, Listener, Pulse, properties

INSIDE, CONTROLLER, OUTSIDE, SELF = 9092, 9093, 9094, 9095
PARTITIONS = 4
_PULSE = Pulse(session_ms=3000, heartbeat_ms=250)

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

_LOG = """\
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


def files(inside: str, outside: str, state: str) -> Mapping[str, str]:
    """Return what the command reads.

    Shape: inside and outside are the "host:port" that clients are told, state a folder to keep.
    """
    return {
        "server.properties": _properties(inside, outside, f"{state}/data"),
        "log4j2.properties": _LOG,
    }


def _properties(inside: str, outside: str, data: str) -> str:
    listeners = (
        Listener("INSIDE", f":{INSIDE}", inside),
        Listener("OUTSIDE", f":{OUTSIDE}", outside),
        Listener("SELF", f"{HOST}:{SELF}", f"{HOST}:{SELF}"),
    )
    return properties(listeners, CONTROLLER, data, _PULSE)
