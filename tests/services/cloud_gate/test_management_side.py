"""services.cloud_gate.management_side"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import httpx
import pytest
from starlette.types import ASGIApp

from services.cloud_gate.data_side import Gate
from services.cloud_gate.gateways import Heartbeat
from services.cloud_gate.management_side import management_side

Ask = Callable[..., httpx.Response]
ClientOf = Callable[[ASGIApp], AbstractAsyncContextManager[httpx.AsyncClient]]
MANAGER = {"Authorization": "Bearer manage"}
DOCUMENT = "/environments/prod/document"


@pytest.fixture
def manage(gate: Gate, ask: Ask) -> Ask:
    def one(method: str, path: str, **more: object) -> httpx.Response:
        return ask(management_side(gate, "manage"), method, path, **{"headers": MANAGER, **more})

    return one


def test_a_document_is_published_and_shown(manage: Ask) -> None:
    assert manage("GET", DOCUMENT).status_code == 404
    put = manage("PUT", DOCUMENT, json={"a": 1})
    assert (put.status_code, put.json()) == (201, {"environment": "prod", "version": 1})
    assert manage("PUT", DOCUMENT, json={"a": 2}).json()["version"] == 2
    assert manage("GET", DOCUMENT).json() == {"version": 2, "document": {"a": 2}}


@pytest.mark.parametrize("text", ["", "[]", "7", "{", '{"a": NaN}', '"' + "x" * 9])
def test_what_is_no_object_is_400_and_no_version(manage: Ask, gate: Gate, text: str) -> None:
    assert manage("PUT", DOCUMENT, content=text.encode()).status_code == 400
    assert gate.store.newest("prod") is None


def test_who_waits_for_news_is_woken(gate: Gate, client_of: ClientOf) -> None:
    async def story() -> int | None:
        def newest() -> int | None:
            found = gate.store.newest("prod")
            return found.version if found else None

        async with client_of(management_side(gate, "manage")) as client, asyncio.timeout(5):
            waiting = asyncio.create_task(gate.news.until(newest, 30))
            await asyncio.sleep(0)
            await client.put(DOCUMENT, json={}, headers=MANAGER)
            return await waiting

    assert asyncio.run(story()) == 1


def test_the_gateways_of_an_environment_are_listed(manage: Ask, gate: Gate) -> None:
    gate.gateways.polled("prod", Heartbeat("eu-1", 3, None, 5.5))
    shown = [{"name": "eu-1", "version": 3, "refused": None, "seen_at": 5.5}]
    assert manage("GET", "/environments/prod/gateways").json() == {"gateways": shown}
    assert manage("GET", "/environments/test/gateways").json() == {"gateways": []}


def test_a_revocation_is_kept(manage: Ask, gate: Gate) -> None:
    assert manage("PUT", "/revocations/token-1").status_code == 204
    assert gate.store.revoked == {"token-1"}


@pytest.mark.parametrize("token", [None, "Bearer other", "Bearer ", "manage", "Bearer manag\xe9"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", DOCUMENT),
        ("GET", DOCUMENT),
        ("GET", "/environments/prod/gateways"),
        ("PUT", "/revocations/t"),
    ],
)
def test_nothing_without_the_management_token(
    manage: Ask, gate: Gate, method: str, path: str, token: str | None
) -> None:
    headers = {"Authorization": token.encode("latin-1")} if token is not None else {}
    assert manage(method, path, headers=headers, content=b"{}").status_code == 401
    assert gate.store.newest("prod") is None
    assert gate.store.revoked == set()


def test_health_needs_no_token(manage: Ask) -> None:
    found = manage("GET", "/health", headers={}).json()
    assert found == {"status": "up", "service": "cloud_gate", "region": "eu"}
