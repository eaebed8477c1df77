"""services.guarded"""

from collections.abc import Callable

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from services.answers import application
from services.guarded import Guarded, caller

SECRET = "a secret of the tests, long enough for HS256"
Ask = Callable[..., httpx.Response]


async def who(request: Request) -> Response:
    return PlainTextResponse(caller(request).user_id)


async def open_to_all(_request: Request) -> Response:
    return PlainTextResponse("open")


APP = Guarded(application([Route("/who", who), Route("/public", open_to_all)]), SECRET)


def test_the_caller_is_known_inside(ask: Ask, token_for: Callable[..., str]) -> None:
    headers = {"Authorization": f"Bearer {token_for(userId=7)}"}
    assert ask(APP, "GET", "/who", headers=headers).text == "7"


@pytest.mark.parametrize("path", ["/who", "/unknown", "/", "/public/more", "/publicity"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_without_a_token_everything_but_public_is_403(ask: Ask, method: str, path: str) -> None:
    answer = ask(APP, method, path)
    assert answer.status_code == 403
    assert "token" in answer.json()["message"]


def test_public_needs_none(ask: Ask) -> None:
    assert ask(APP, "GET", "/public").text == "open"
    assert ask(APP, "GET", "/public", headers={"Authorization": "Bearer bad"}).text == "open"
