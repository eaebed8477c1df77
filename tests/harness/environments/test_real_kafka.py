"""A real broker: up with its topic, the same after a kill, gone with its mother.

What starts Java runs only where Java and the jars are.
"""

import asyncio
import socket
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import psutil
import pytest

from harness import kafka_kit, patience, topology
from harness.environments import real_kafka
from harness.environments.contract import CannotStart, Site
from harness.environments.real_kafka import LINK, Broker, ports_for
from harness.kafka_kit import Kit
from harness.settings import Settings, read

# a test session may have threads of its own; the warden has none when it starts children
pytestmark = pytest.mark.filterwarnings("ignore:This process .*multi-threaded:DeprecationWarning")

SETTINGS = read()
LACKING = kafka_kit.lacking(SETTINGS.path, SETTINGS.cache_folder)
needs_java = pytest.mark.skipif(bool(LACKING), reason="; ".join(LACKING) or "-")


@pytest.fixture
def broker(tmp_path: Path) -> Callable[..., Broker]:
    """What starting a broker needs to know; `kit` is the machine's own unless it is given."""

    def make(kit: Kit | None = None, settings: Settings = SETTINGS, relay: str = "") -> Broker:
        site = Site(
            rig="rig1",
            folder=tmp_path,
            subjects=tmp_path,
            key_set=tmp_path / "jwks.json",
            cloud_token=lambda region: "",
            secrets={},
            relays=dict.fromkeys((LINK,), relay) if relay else {},
        )
        own = kit or kafka_kit.locate(settings.path, settings.cache_folder)
        return Broker(topology.PARTS["kafka"], site, own, settings, "reports")

    return make


def _run(scenario: Coroutine[Any, Any, Any]) -> Any:
    async def bounded() -> Any:
        async with asyncio.timeout(90):
            return await scenario

    return asyncio.run(bounded())


async def _spoken(program: str, *arguments: str) -> str:
    """Run a client in a process of its own: librdkafka has threads, and here is forked."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, *arguments, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    return said.decode().strip()


PRODUCE = """
import sys, confluent_kafka as k
p = k.Producer({"bootstrap.servers": sys.argv[1], "acks": "all"})
p.produce("reports", b"kept", partition=3)
print(p.flush(20))
"""
CONSUME = """
import sys, confluent_kafka as k
c = k.Consumer({"bootstrap.servers": sys.argv[1], "group.id": "g"})
c.assign([k.TopicPartition("reports", 3, 0)])
print(c.consume(1, 20)[0].value().decode())
c.close()
"""


@needs_java
def test_what_was_acknowledged_is_there_after_a_kill_at_the_same_address(
    broker: Callable[..., Broker],
) -> None:
    async def scenario() -> None:
        first = await real_kafka.started(broker())
        try:
            address = first.announced["bootstrap"]
            assert await _spoken(PRODUCE, address) == "0"
        finally:
            await first.end()
        again = await real_kafka.started(broker())
        try:
            assert again.announced["bootstrap"] == address
            assert again.pid != first.pid
            assert await _spoken(CONSUME, address) == "kept"
        finally:
            await again.end()

    _run(scenario())


@needs_java
def test_a_port_that_was_taken_meanwhile_is_given_up_for_another(
    broker: Callable[..., Broker], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        one = broker()
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            one.folder.mkdir()
            free = real_kafka.ports_for(
                one.folder
            )  # no fixed ones: another run's broker may have them
            (one.folder / "ports").write_text(f"{port} {free.direct} {free.controller}")
            monkeypatch.setattr(real_kafka, "_is_free", lambda _: True)  # so it was, a moment ago
            child = await real_kafka.started(one)
            await child.end()
            assert not child.announced["bootstrap"].endswith(f":{port}")

    _run(scenario())


@needs_java
def test_a_start_that_is_given_up_leaves_no_process(
    broker: Callable[..., Broker], tmp_path: Path
) -> None:
    async def scenario() -> None:
        starting = asyncio.ensure_future(real_kafka.started(broker()))
        while True:
            if any("kafka.Kafka" in words for words in _children(tmp_path)):
                break
            await asyncio.sleep(0.01)
        starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting
        assert _children(tmp_path) == []

    _run(scenario())


def _children(folder: Path) -> list[str]:
    """What runs for the broker in this folder; the session may have an environment of its own beside."""
    found = []
    for child in psutil.Process().children(recursive=True):
        try:
            words = " ".join(child.cmdline())
        except psutil.Error:
            continue
        if str(folder) in words or "kafka_topic" in words:
            found.append(words)
    return found


def _fake_java(folder: Path, script: str) -> Kit:
    program = folder / "java"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return Kit(str(program), "a.jar:b.jar")


def test_a_folder_that_cannot_be_formatted_is_said_in_one_line(
    broker: Callable[..., Broker], tmp_path: Path
) -> None:
    kit = _fake_java(tmp_path, "echo 'No space left on device'; exit 1")

    with pytest.raises(CannotStart) as error:
        _run(real_kafka.started(broker(kit)))

    assert str(error.value) == (
        "kafka cannot format its folder: kafka ended with 1 before it served: "
        "No space left on device"
    )


def test_a_format_that_does_not_end_is_given_up_and_nothing_of_it_is_left(
    broker: Callable[..., Broker], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "BROKER_READY_S", 0.1)

    with pytest.raises(CannotStart, match=r"kafka did not format its folder within 0\.1 s"):
        _run(real_kafka.started(broker(_fake_java(tmp_path, "exec sleep 60"))))
    assert _children(tmp_path) == []


def test_a_broker_that_ends_while_its_topic_is_asked_for_is_said_so(
    broker: Callable[..., Broker], tmp_path: Path
) -> None:
    kit = _fake_java(
        tmp_path,
        'case "$*" in *StorageTool*) exit 0;; esac; echo "Fatal error: out of luck"; exit 1',
    )

    with pytest.raises(CannotStart, match="kafka ended with 1 before it served: Fatal error"):
        _run(real_kafka.started(broker(kit)))


def test_java_is_started_with_the_jars_one_by_one_and_its_litter_in_the_rigs_folder(
    broker: Callable[..., Broker],
) -> None:
    one = broker(Kit("/opt/java", "a.jar:b.jar"))
    command = real_kafka._java(one, "kafka.Kafka")

    argv = list(command.argv)
    assert argv[0] == "/opt/java"
    assert argv[argv.index("-cp") + 1] == "a.jar:b.jar"
    assert f"-Djava.io.tmpdir={one.folder}" in argv
    assert "-XX:-UsePerfData" in argv
    assert not command.speaks


def test_a_folder_keeps_its_ports_while_they_are_free(tmp_path: Path) -> None:
    first = ports_for(tmp_path)

    assert ports_for(tmp_path) == first
    assert len({first.clients, first.direct, first.controller}) == 3
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first.direct))
        taken.listen()
        assert ports_for(tmp_path).direct != first.direct


def test_a_machine_without_free_ports_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(real_kafka, "_is_free", lambda _: False)

    with pytest.raises(CannotStart, match="no free ports from 10000 to 32000"):
        ports_for(tmp_path)


def test_what_is_told_to_clients_is_the_relay_when_there_is_one(
    broker: Callable[..., Broker], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_java(_: Broker) -> None:
        raise CannotStart("far enough")

    monkeypatch.setattr(real_kafka, "_formatted", no_java)
    with pytest.raises(CannotStart, match="far enough"):
        _run(real_kafka.started(broker(relay="127.0.0.1:40000")))

    written = (tmp_path / "kafka" / "server.properties").read_text()
    assert "CLIENTS://127.0.0.1:40000" in written
