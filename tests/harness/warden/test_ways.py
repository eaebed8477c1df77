"""A document gets through a gate or an admin port, or it is said in one line why it does not."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from harness.warden.ways import Handed, NotServed, Nowhere, ThroughAdmin, ThroughGate
from harness.warden.web import Web

Answer = Callable[[httpx.Request], httpx.Response]


def _with(answer: Answer, use: Callable[[Web], Any]) -> Any:
    async def scenario() -> Any:
        web = Web()
        web._client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
        try:
            return await use(web)
        finally:
            await web.close()

    return asyncio.run(scenario())


def _gate(web: Web) -> ThroughGate:
    return ThroughGate(web, "gate-eu", "http://gate:1", "prod", "hush")


def _admin(web: Web) -> ThroughAdmin:
    return ThroughAdmin(web, "eu-1", "http://admin:1", "hush")


def _said(status: int, body: Any = None) -> Answer:
    return lambda request: httpx.Response(status, json=body)


def test_a_gate_takes_the_document_of_its_environment_with_its_token() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(201, json={"version": 7})

    assert _with(answer, lambda web: _gate(web).hand_in({"a": 1})) == Handed(7)
    assert str(seen[0].url) == "http://gate:1/environments/prod/document"
    assert (seen[0].method, seen[0].headers["Authorization"]) == ("PUT", "Bearer hush")


def test_a_gate_shows_its_document_or_has_none() -> None:
    shown = _said(200, {"version": 1, "document": {"services": []}})

    assert _with(shown, lambda web: _gate(web).running()) == {"services": []}
    assert _with(_said(404, {"message": "none"}), lambda web: _gate(web).running()) == {}


def test_an_admin_port_takes_it_knows_it_already_or_tells_the_errors() -> None:
    errors = [{"pointer": "/plugins/0", "message": "unknown"}]

    assert _with(_said(201, {"version": 4}), lambda web: _admin(web).hand_in({})) == Handed(4)
    assert _with(lambda _: httpx.Response(304), lambda web: _admin(web).hand_in({})) == Handed()
    refused = _said(400, {"message": "document refused", "errors": errors})
    assert _with(refused, lambda web: _admin(web).hand_in({})) == Handed(errors=errors)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "eu-1 took no document: 401 no; it wants a bearer token"),
        (403, "eu-1 took no document: 403 no; it does not answer to this address"),
        (405, "eu-1 took no document: 405 no; it is fed by a Cloud Gate"),
        (500, "eu-1 took no document: 500 no"),
    ],
)
def test_an_unwelcome_answer_names_the_remedy(status: int, words: str) -> None:
    with pytest.raises(NotServed) as not_served:
        _with(_said(status, {"message": "no"}), lambda web: _admin(web).hand_in({}))

    assert str(not_served.value).startswith(words)
    assert "hush" not in str(not_served.value)


def test_nobody_there_and_no_json_are_one_line_each() -> None:
    def gone(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(NotServed, match="eu-1 does not answer at http://admin:1/config: refused"):
        _with(gone, lambda web: _admin(web).running())
    page = lambda _: httpx.Response(200, text="<html>")  # noqa: E731
    with pytest.raises(NotServed, match="answers GET http://admin:1/config, but not with JSON"):
        _with(page, lambda web: _admin(web).running())


def test_nowhere_takes_everything_and_changes_nothing() -> None:
    async def scenario() -> tuple[Any, Any]:
        return await Nowhere().hand_in({"services": [1]}), await Nowhere().running()

    assert asyncio.run(scenario()) == (Handed(), {})
