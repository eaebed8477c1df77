"""The warden's one HTTP client."""

import asyncio
from typing import Any

import httpx

from harness.warden.web import Web


def _asked(answer: httpx.Response, **options: Any) -> tuple[Any, httpx.Request]:
    seen: list[httpx.Request] = []

    def reply(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answer

    async def scenario() -> Any:
        web = Web()
        web._client = httpx.AsyncClient(transport=httpx.MockTransport(reply))
        try:
            return await web.ask("PUT", "http://gate/x", **options)
        finally:
            await web.close()

    return asyncio.run(scenario()), seen[0]


def test_the_answer_is_status_and_json() -> None:
    found, request = _asked(httpx.Response(201, json={"version": 3}), json={"a": 1}, token="t")

    assert found == (201, {"version": 3})
    assert request.headers["Authorization"] == "Bearer t"
    assert request.content == b'{"a":1}'


def test_an_empty_answer_has_no_body_and_no_token_is_sent_where_none_is() -> None:
    found, request = _asked(httpx.Response(204))

    assert found == (204, None)
    assert "Authorization" not in request.headers


def test_a_web_that_nobody_used_can_be_closed() -> None:
    asyncio.run(Web().close())
