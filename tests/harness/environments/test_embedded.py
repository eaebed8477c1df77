"""What embedded starts for each part: secrets never in argv, every address bound by the child."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest

from harness import redis_binary, topology
from harness.environments import ENVIRONMENTS, PLANNED, embedded, real_kafka
from harness.environments.broker_settings import FETCH_WAIT_MS
from harness.environments.contract import Fidelity, Options, Site
from harness.environments.embedded import Embedded
from harness.environments.processes import Command
from harness.settings import Settings

NAMES = ("jwt", "aws_key", "aws_secret", "management", "snapshot")
SECRETS = {name: f"s-{name}" for name in NAMES}
THERE = {
    "kafka.bootstrap": "127.0.0.1:9092",
    "redis.url": "unix:///run/redis.sock",
    "gate-eu.sync": "http://127.0.0.1:7001",
    "gate-eu.reports": "http://127.0.0.1:7002",
    "gate-us.sync": "http://127.0.0.1:7003",
    "gate-us.reports": "http://127.0.0.1:7004",
}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(
        rig="rig1",
        folder=tmp_path,
        subjects=tmp_path / "subjects",
        key_set=tmp_path / "jwks.json",
        cloud_token=lambda region: f"the cloud token of {region}",
        secrets=SECRETS,
        inside=dict(THERE),
    )


@pytest.fixture
def command(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Command]:
    monkeypatch.setattr(redis_binary, "find", lambda *_: Path("/bin/redis-server"))
    settings = Settings(tmp_path, tmp_path, "/bin", {"PATH": "/bin"})

    def made(name: str) -> Command:
        part = topology.PARTS[name]
        return embedded._COMMANDS[part.kind](part, site, settings)

    return made


def _option(command: Command, name: str) -> str:
    argv = list(command.argv)
    return argv[argv.index(name) + 1]


@pytest.mark.parametrize("name", topology.PARTS)
def test_no_secret_is_in_argv_and_each_part_has_its_own_log(
    command: Callable[[str], Command], name: str
) -> None:
    made = command(name)

    words = " ".join(made.argv)
    assert not any(secret in words for secret in (*SECRETS.values(), "cloud token"))
    assert made.log.name == f"{name}.log"
    assert made.environment["PATH"] == "/bin"


@pytest.mark.parametrize("name", sorted(set(topology.PARTS) - {"redis", "kafka"}))
def test_every_part_binds_a_free_port_of_loopback(
    command: Callable[[str], Command], site: Site, name: str
) -> None:
    made = command(name)

    assert _option(made, "--listen") == "127.0.0.1:0"
    assert made.folder == site.subjects
    assert made.answers_when is None


def test_redis_listens_on_a_unix_socket_alone(
    command: Callable[[str], Command], site: Site
) -> None:
    made = command("redis")

    assert _option(made, "--port") == "0"
    assert _option(made, "--unixsocket") == str(site.folder / "redis.sock")
    assert made.answers_when == site.folder / "redis.sock"


def test_a_gateway_is_given_its_token_in_a_file_for_its_owner_alone(
    command: Callable[[str], Command], site: Site
) -> None:
    made = command("us-1")
    token = Path(_option(made, "--cloud-token"))

    assert token.read_text() == "the cloud token of us"
    assert token.stat().st_mode & 0o777 == 0o600
    assert _option(made, "--gate") == "http://127.0.0.1:7003"
    assert _option(made, "--reports") == "http://127.0.0.1:7004/reports"
    assert made.environment["GATEWAY_REDIS_URL"] == "unix:///run/redis.sock"
    assert _option(made, "--transaction-header") == "X-Gateproof-Marker"


def test_what_a_gateway_keeps_is_for_its_owner_alone_and_survives_a_restart(
    command: Callable[[str], Command],
) -> None:
    first, second = command("eu-1"), command("eu-1")
    kept = Path(_option(first, "--state"))

    assert kept.stat().st_mode & 0o777 == 0o700
    assert kept == Path(_option(second, "--state")) != Path(_option(command("eu-2"), "--state"))
    assert first.environment["GATEWAY_SNAPSHOT_KEY"] == "s-snapshot"


def test_a_gateway_without_kafka_and_redis_does_without(
    command: Callable[[str], Command], site: Site
) -> None:
    del site.inside["kafka.bootstrap"], site.inside["redis.url"]
    made = command("eu-1")

    assert _option(made, "--reports") == "off"
    assert "GATEWAY_REDIS_URL" not in made.environment
    assert _option(command("gate-eu"), "--kafka") == "none"


def test_services_and_gates_get_their_secrets_through_the_environment(
    command: Callable[[str], Command],
) -> None:
    assert command("auth").environment["JWT_SECRET"] == "s-jwt"
    assert command("auth").environment["AWS_SECRET_ACCESS_KEY"] == "s-aws_secret"
    assert command("gate-us").environment["CLOUD_GATE_MANAGEMENT_TOKEN"] == "s-management"
    assert _option(command("gate-us"), "--region") == "us"


def test_addresses_are_named_after_their_part(site: Site) -> None:
    child: Any = SimpleNamespace(announced={"url": "http://u", "management": "http://m"})

    assert embedded._addresses(topology.PARTS["gate-eu"], child, site) == {
        "gate-eu.url": "http://u",
        "gate-eu.management": "http://m",
        "gate-eu.sync": "http://u",
        "gate-eu.reports": "http://u",
    }
    assert embedded._addresses(topology.PARTS["redis"], child, site) == {
        "redis.url": f"unix://{site.folder}/redis.sock"
    }


def _embedded(tmp_path: Path, kafka: str = "") -> Embedded:
    settings = Settings(tmp_path, tmp_path, "", {}, cache_folder=tmp_path / "cache")
    return Embedded(settings, Options(kafka=kafka))


@pytest.mark.parametrize("asked", ["", "emulated"])
def test_it_says_how_real_each_kind_of_part_is(asked: str, tmp_path: Path) -> None:
    fidelity = _embedded(tmp_path, asked).fidelity

    assert set(fidelity) == {part.kind for part in topology.PARTS.values()}
    assert fidelity["kafka"] is Fidelity.EMULATED
    assert fidelity["redis"] is Fidelity.REAL


def test_kafka_is_real_only_where_it_was_asked_for(tmp_path: Path) -> None:
    asked_for, by_itself = _embedded(tmp_path, "real"), _embedded(tmp_path)

    assert asked_for.fidelity["kafka"] is Fidelity.REAL
    assert by_itself.fidelity["kafka"] is Fidelity.EMULATED


def test_the_version_of_kafka_is_that_of_the_kafka_that_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_binary, "find", lambda *_: Path("/bin/true"))
    monkeypatch.setattr(redis_binary, "version", lambda _: "7.2")

    assert _embedded(tmp_path, "real").versions()["kafka"].startswith("Apache Kafka ")
    assert _embedded(tmp_path).versions()["kafka"].startswith("librdkafka ")


def test_ingest_is_in_no_hurry_where_a_broker_answers_by_itself(tmp_path: Path, site: Site) -> None:
    ingest = topology.PARTS["ingest"]

    assert _option(_embedded(tmp_path, "real").command(ingest, site), "--fetch-wait-ms") == (
        FETCH_WAIT_MS
    )
    assert "--fetch-wait-ms" not in _embedded(tmp_path).command(ingest, site).argv


def test_without_redis_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_found(*_: object) -> Path:
        raise redis_binary.NotFound("no redis-server; install it")

    here = _embedded(tmp_path)
    monkeypatch.setattr(redis_binary, "find", not_found)
    assert here.missing() == "no redis-server; install it"
    monkeypatch.setattr(redis_binary, "find", lambda *_: Path("/bin/redis-server"))
    assert here.missing() is None


def test_what_a_real_kafka_lacks_is_said_in_one_line_and_only_where_it_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_binary, "find", lambda *_: Path("/bin/redis-server"))

    said = _embedded(tmp_path, "real").missing()

    assert said is not None
    assert "no Java on PATH" in said
    assert said.endswith("(gateproof fetch kafka)")
    assert "\n" not in said
    assert _embedded(tmp_path, "emulated").missing() is None


def test_a_broker_that_is_to_be_real_is_started_as_such(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[real_kafka.Broker] = []

    async def started(broker: real_kafka.Broker) -> Any:
        begun.append(broker)
        return SimpleNamespace(announced={"bootstrap": "127.0.0.1:11001"})

    monkeypatch.setattr(real_kafka, "started", started)
    child = asyncio.run(_embedded(tmp_path, "real").start(topology.PARTS["kafka"], site))

    assert child.inside == child.addresses == {"kafka.bootstrap": "127.0.0.1:11001"}
    assert begun[0].topic == "reports"
    assert begun[0].site is site


def test_what_can_be_asked_for_and_what_is_planned_are_apart() -> None:
    assert {"embedded", "containers", "external", "compose"} <= set(ENVIRONMENTS)
    assert not set(PLANNED) & set(ENVIRONMENTS)


def test_nowhere_refuses_every_connection(tmp_path: Path) -> None:
    async def scenario() -> None:
        made = Embedded(Settings(tmp_path, tmp_path, "/bin", {}), Options())
        await made.open("k3f9", tmp_path)
        where = urlsplit(made.nowhere())
        try:
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection(where.hostname, where.port)
        finally:
            await made.close()

    asyncio.run(scenario())
