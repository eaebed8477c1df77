"""A broker's settings: clients are told of the relay, everything else stays on the broker itself."""

from harness.environments.broker_settings import Listener, Pulse, properties
from harness.environments.real_kafka import Ports, settings_text

PORTS = Ports(clients=11001, direct=11002, controller=11003)


def _read(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines())


def test_clients_are_told_of_the_relay_and_nobody_else_is() -> None:
    settings = _read(settings_text(PORTS, "127.0.0.1:40000", "/data"))

    assert settings["advertised.listeners"] == (
        "CLIENTS://127.0.0.1:40000,DIRECT://127.0.0.1:11002"
    )
    assert settings["inter.broker.listener.name"] == "DIRECT"
    assert settings["controller.quorum.voters"] == "1@127.0.0.1:11003"


def test_everything_is_on_loopback_and_in_the_one_folder() -> None:
    settings = _read(settings_text(PORTS, "127.0.0.1:11001", "/data"))

    listeners = settings["listeners"].split(",")
    assert [one.partition("://")[2] for one in listeners] == [
        "127.0.0.1:11001",
        "127.0.0.1:11002",
        "127.0.0.1:11003",
    ]
    assert settings["log.dirs"] == "/data"


def test_no_client_makes_a_topic_by_asking_for_it() -> None:
    assert _read(settings_text(PORTS, "h:1", "/d"))["auto.create.topics.enable"] == "false"


def test_one_node_is_enough_for_every_topic() -> None:
    settings = _read(settings_text(PORTS, "h:1", "/d"))

    factors = [value for name, value in settings.items() if "replication.factor" in name]
    assert factors == ["1", "1", "1"]


def test_a_broker_reaches_itself_by_its_last_listener() -> None:
    listeners = [Listener("A", ":1", "a:1"), Listener("B", "127.0.0.1:2", "127.0.0.1:2")]

    settings = _read(properties(listeners, 3, "/d", Pulse(session_ms=900, heartbeat_ms=90)))

    assert settings["listeners"] == "A://:1,B://127.0.0.1:2,CONTROLLER://127.0.0.1:3"
    assert settings["advertised.listeners"] == "A://a:1,B://127.0.0.1:2"
    assert settings["inter.broker.listener.name"] == "B"
    assert settings["listener.security.protocol.map"] == (
        "A:PLAINTEXT,B:PLAINTEXT,CONTROLLER:PLAINTEXT"
    )
    assert settings["broker.session.timeout.ms"] == "900"
    assert settings["broker.heartbeat.interval.ms"] == "90"
