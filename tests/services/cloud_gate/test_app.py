"""services.cloud_gate.app"""

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

Process = Callable[..., Any]
Soon = Callable[[Callable[[], object]], None]
ENVIRONMENT = {"CLOUD_GATE_MANAGEMENT_TOKEN": "manage"}


@pytest.fixture
def arguments(tmp_path: Path, issuer: Any) -> list[str]:
    jwks = tmp_path / "jwks.json"
    jwks.write_text(json.dumps(issuer.key_set()))
    found = ["cloud_gate", "--region", "eu", "--issuer", "https://cloud.test"]
    return [*found, "--jwks", str(jwks), "--store", str(tmp_path / "store.json")]


def test_a_gate_from_start_to_end(
    process: Process,
    soon: Soon,
    arguments: list[str],
    issuer: Any,
    kafka: str,
    read_topic: Callable[[str], list[Any]],
) -> None:
    bearer = {"Authorization": f"Bearer {issuer.token()}"}
    manager = {"Authorization": "Bearer manage"}
    polls: list[httpx.Response] = []
    with process(*arguments, "--kafka", kafka, "--topic", "gate-app", **ENVIRONMENT) as gate:
        urls = gate.announced()
        assert httpx.get(urls["management"] + "/health").json()["region"] == "eu"
        document = urls["management"] + "/environments/prod/document"
        assert httpx.put(document, json={}, headers=manager).json()["version"] == 1
        event = b'{"_id": "e1"}'
        reported = httpx.post(urls["url"] + "/reports", content=event, headers=bearer, timeout=10)
        assert reported.status_code == 202

        def poll() -> None:
            url = urls["url"] + "/sync?version=1&wait_s=30"
            polls.append(httpx.get(url, headers=bearer, timeout=40))

        waiting = threading.Thread(target=poll)
        waiting.start()
        gateways = urls["management"] + "/environments/prod/gateways"
        soon(lambda: httpx.get(gateways, headers=manager).json()["gateways"])
        began = time.monotonic()
        assert gate.end() == (0, "", "")
        assert time.monotonic() - began < 2
        waiting.join(5)
    assert [answer.status_code for answer in polls] == [204]
    assert [json.loads(message.value())["_id"] for message in read_topic("gate-app")] == ["e1"]


def test_without_kafka_reports_are_503_and_versions_survive(
    process: Process, arguments: list[str], issuer: Any
) -> None:
    bearer = {"Authorization": f"Bearer {issuer.token()}"}
    versions = []
    for _ in range(2):
        with process(*arguments, "--kafka", "none", **ENVIRONMENT) as gate:
            urls = gate.announced()
            document = urls["management"] + "/environments/prod/document"
            manager = {"Authorization": "Bearer manage"}
            versions.append(httpx.put(document, json={}, headers=manager).json()["version"])
            reports = httpx.post(urls["url"] + "/reports", content=b"{}", headers=bearer)
            assert reports.status_code == 400
            taken = httpx.post(urls["url"] + "/reports", content=b'{"_id":"1"}', headers=bearer)
            assert taken.status_code == 503
            assert gate.end() == (0, "", "")
    assert versions == [1, 2]


def test_a_missing_key_set_is_one_line_and_exit_2(process: Process, arguments: list[str]) -> None:
    with process(*arguments, "--kafka", "none", "--jwks", "/no/such", **ENVIRONMENT) as gate:
        code, out, err = gate.ended()
    assert (code, out) == (2, "")
    assert err == (
        "cloud_gate: cannot use --jwks /no/such: no such file or directory; name a JWK set\n"
    )
