"""Apache Kafka in a container: what it is told, and how it starts."""

from harness.environments.containers import broker


def _told() -> dict[str, str]:
    text = broker.files("kafka:9092", "127.0.0.1:29094", "/state")["server.properties"]
    return dict(line.split("=", 1) for line in text.splitlines())


def test_clients_inside_and_outside_are_told_addresses_of_their_own() -> None:
    told = _told()

    assert told["advertised.listeners"].startswith("INSIDE://kafka:9092,OUTSIDE://127.0.0.1:29094,")
    assert told["listeners"].startswith("INSIDE://:9092,OUTSIDE://:9094,")


def test_its_own_traffic_stays_in_its_container() -> None:
    told = _told()

    assert told["inter.broker.listener.name"] == "SELF"
    assert told["advertised.listeners"].endswith(",SELF://127.0.0.1:9095")
    assert told["listeners"].endswith(",SELF://127.0.0.1:9095,CONTROLLER://127.0.0.1:9093")


def test_everything_that_is_replicated_is_there_once() -> None:
    told = _told()

    replicated = {key: told[key] for key in told if key.endswith((".factor", ".min.isr"))}
    assert len(replicated) == 5
    assert set(replicated.values()) == {"1"}


def test_it_is_formatted_once_and_becomes_the_process() -> None:
    shell, option, script = broker.command("/home", "/state")

    assert (shell, option) == ("sh", "-c")
    assert script.startswith("[ -f /state/data/meta.properties ] || java ")
    assert "kafka.tools.StorageTool format" in script
    assert script.rpartition(" && ")[2].startswith("exec java ")
    assert "-cp '/opt/kafka/libs/*'" in script, "Java reads the star, not the shell"
