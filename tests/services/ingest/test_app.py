"""services.ingest.app"""

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

Process = Callable[..., Any]
Soon = Callable[[Callable[[], object]], None]


def test_ingest_from_start_to_end(process: Process, kafka: str, tmp_path: Path) -> None:
    from confluent_kafka import Producer

    producer = Producer({"bootstrap.servers": kafka, "linger.ms": 0, "log_level": 0})
    arguments = ("--kafka", kafka, "--topic", "ingest-app", "--index", str(tmp_path / "i.sqlite"))
    for number in (1, 2):
        with process("ingest", *arguments) as ingest:
            url = ingest.announced()["url"]
            value = f'{{"_id": "e{number}"}}'
            producer.produce("ingest-app", value.encode(), headers=[("index", b"acme")])
            assert producer.flush(5) == 0
            query = f"/indices/acme/count?at_least={number}&wait_s=5"
            assert httpx.get(url + query, timeout=10).json() == {"count": number}
            assert httpx.get(url + "/health").json()["kafka"] == "connected"
            began = time.monotonic()
            assert ingest.end() == (0, "", "")
            assert time.monotonic() - began < 2


def test_messages_that_are_gone_are_one_line_and_exit_4(
    process: Process, soon: Soon, kafka: str, tmp_path: Path
) -> None:
    from confluent_kafka import Producer

    index = tmp_path / "i.sqlite"
    arguments = ("--kafka", kafka, "--topic", "ingest-gone", "--index", str(index))
    producer = Producer({"bootstrap.servers": kafka, "linger.ms": 0, "log_level": 0})
    with process("ingest", *arguments) as ingest:
        url = ingest.announced()["url"]
        producer.produce("ingest-gone", b"{}", partition=0)
        assert producer.flush(5) == 0
        soon(lambda: httpx.get(url + "/health").json()["offsets"].get("0") == 1)
        ingest.end()
    for _ in range(16):
        producer.produce("ingest-gone", b"x" * 500_000, partition=0)
        assert producer.flush(5) == 0
    with process("ingest", *arguments) as ingest:
        code, _out, err = ingest.ended()
    assert code == 4
    assert err.startswith("ingest: messages of ingest-gone/0 are gone before they were read: ")
    assert err.count("\n") == 1


def test_a_kafka_that_is_away_is_waited_for(process: Process, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    index = str(tmp_path / "i.sqlite")
    with process("ingest", "--kafka", f"127.0.0.1:{port}", "--index", index) as ingest:
        url = ingest.announced()["url"]
        assert httpx.get(url + "/health").json()["kafka"] == "connecting"
        began = time.monotonic()
        code, out, err = ingest.end()
        assert (code, out) == (0, "")
        assert "Traceback" not in err
        assert time.monotonic() - began < 2
