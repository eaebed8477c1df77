"""services.cloud_gate.data_side"""

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from services.cloud_gate.data_side import Gate, data_side
from services.cloud_gate.gateways import Heartbeat

NOW_S = 1_700_000_000.0
Ask = Callable[..., httpx.Response]
Bearer = Callable[..., dict[str, str]]
Eventually = Callable[[Callable[[], Awaitable[bool]]], Awaitable[bool]]
ClientOf = Callable[[ASGIApp], AbstractAsyncContextManager[httpx.AsyncClient]]
EVENT = b'{"_id": "e1", "org-id": "other"}\n'


def test_a_gateway_without_a_version_gets_the_newest(gate: Gate, ask: Ask, bearer: Bearer) -> None:
    gate.store.publish("prod", {"a": 1})
    gate.store.publish("prod", {"a": 2})
    answer = ask(data_side(gate), "GET", "/sync", headers=bearer())
    assert answer.status_code == 200
    assert answer.json() == {"environment": "prod", "version": 2, "document": {"a": 2}}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("version=0", 200),
        ("version=1", 200),
        ("version=2", 204),
        ("version=1&refused=2", 204),
        ("version=0&refused=1", 200),
        ("version=9", 204),
    ],
)
def test_only_what_is_newer_than_served_and_refused_is_sent(
    gate: Gate, ask: Ask, bearer: Bearer, query: str, status: int
) -> None:
    gate.store.publish("prod", {})
    gate.store.publish("prod", {})
    assert ask(data_side(gate), "GET", f"/sync?{query}", headers=bearer()).status_code == status


def test_a_poll_is_a_heartbeat(gate: Gate, ask: Ask, bearer: Bearer) -> None:
    headers = {**bearer(), "X-Gateway-Name": "eu-1"}
    ask(data_side(gate), "GET", "/sync?version=3&refused=4", headers=headers)
    assert gate.gateways.of("prod") == (Heartbeat("eu-1", 3, 4, NOW_S),)


def test_a_long_poll_is_answered_by_the_publication(
    gate: Gate, client_of: ClientOf, bearer: Bearer, eventually: Eventually
) -> None:
    async def polled() -> bool:
        return bool(gate.gateways.of("prod"))

    async def story() -> httpx.Response:
        async with client_of(data_side(gate)) as client, asyncio.timeout(5):
            poll = asyncio.create_task(client.get("/sync?wait_s=30", headers=bearer()))
            await eventually(polled)
            gate.store.publish("other", {})
            gate.news.ring()
            for _turn_of_the_loop in range(10):
                await asyncio.sleep(0)
            assert not poll.done()
            gate.store.publish("prod", {})
            gate.news.ring()
            return await poll

    assert asyncio.run(story()).json()["version"] == 1


def test_an_empty_wait_ends_with_204(gate: Gate, ask: Ask, bearer: Bearer) -> None:
    answer = ask(data_side(gate), "GET", "/sync?wait_s=0.01", headers=bearer())
    assert (answer.status_code, answer.content) == (204, b"")


def test_the_environment_is_chosen_or_the_only_one(gate: Gate, ask: Ask, bearer: Bearer) -> None:
    gate.store.publish("test", {})
    both = bearer(envs=["prod", "test"])
    app = data_side(gate)
    assert ask(app, "GET", "/sync?environment=test", headers=both).json()["environment"] == "test"
    assert ask(app, "GET", "/sync", headers=both).json()["code"] == "which-environment"
    foreign = ask(app, "GET", "/sync?environment=test", headers=bearer())
    assert (foreign.status_code, foreign.json()["code"]) == (403, "wrong-environment")


@pytest.mark.parametrize(
    "query", ["version=x", "refused=-1", "wait_s=soon", "wait_s=-1", "wait_s=nan"]
)
def test_a_query_that_means_nothing_is_400(
    gate: Gate, ask: Ask, bearer: Bearer, query: str
) -> None:
    answer = ask(data_side(gate), "GET", f"/sync?{query}", headers=bearer())
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.json()["message"]


@pytest.mark.parametrize(
    ("claims", "status", "code"),
    [
        ({"exp": int(NOW_S)}, 401, "expired-token"),
        ({"aud": "x"}, 401, "wrong-audience"),
        ({"cpg": "us"}, 403, "wrong-region"),
        ({"jti": "gone"}, 403, "revoked-token"),
        ({"scopes": []}, 403, "missing-scope"),
        ({"kid": "key-9"}, 401, "unknown-key"),
    ],
)
@pytest.mark.parametrize("path", ["/sync", "/reports"])
def test_a_bad_token_gets_nowhere(
    gate: Gate,
    ask: Ask,
    bearer: Bearer,
    broker: Any,
    path: str,
    claims: Any,
    status: int,
    code: str,
) -> None:
    gate.store.publish("prod", {})
    gate.store.revoke("gone")
    method = "GET" if path == "/sync" else "POST"
    answer = ask(data_side(gate), method, path, headers=bearer(**claims), content=EVENT)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert ("www-authenticate" in answer.headers) == (status == 401)
    assert broker.taken == []
    assert gate.gateways.of("prod") == ()


@pytest.mark.parametrize("path", ["/sync", "/reports"])
def test_no_token_is_401(gate: Gate, ask: Ask, path: str) -> None:
    method = "GET" if path == "/sync" else "POST"
    assert ask(data_side(gate), method, path).json()["code"] == "missing-token"


def test_reports_go_out_under_account_index_and_region_of_the_token(
    gate: Gate, ask: Ask, bearer: Bearer, broker: Any
) -> None:
    answer = ask(data_side(gate), "POST", "/reports", headers=bearer(), content=EVENT * 2)
    assert (answer.status_code, answer.json()) == (202, {"accepted": 2})
    message, _second = broker.taken
    assert message.key == b"acme"
    assert message.headers == (("index", b"acme-events"), ("region", b"eu"))
    assert json.loads(message.value) == {"_id": "e1", "org-id": "acme", "env-id": "prod"}


def test_reports_may_come_packed(gate: Gate, ask: Ask, bearer: Bearer) -> None:
    headers = {**bearer(), "Content-Encoding": "gzip"}
    packed = gzip.compress(EVENT)
    answer = ask(data_side(gate), "POST", "/reports", headers=headers, content=packed)
    assert answer.json() == {"accepted": 1}


def test_without_an_acknowledgement_there_is_no_202(
    gate: Gate, ask: Ask, bearer: Bearer, broker: Any
) -> None:
    broker.takes = False
    answer = ask(data_side(gate), "POST", "/reports", headers=bearer(), content=EVENT)
    assert (answer.status_code, answer.json()["code"]) == (503, "not-acknowledged")
    assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize(
    ("rest", "status"), [("{", 400), (" " * (5 * 1024 * 1024), 413)], ids=["line", "size"]
)
def test_a_bad_batch_is_refused_as_a_whole(
    gate: Gate, ask: Ask, bearer: Bearer, broker: Any, rest: str, status: int
) -> None:
    content = EVENT + rest.encode()
    answer = ask(data_side(gate), "POST", "/reports", headers=bearer(), content=content)
    assert answer.status_code == status
    assert broker.taken == []
