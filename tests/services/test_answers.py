"""services.answers"""

from collections.abc import Callable

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.answers import answer, application, refusal, whole_number

Ask = Callable[..., httpx.Response]


async def surrogate(_request: Request) -> Response:
    return answer({"text": "\ud800"})


APP = application([Route("/here", surrogate)])


def test_json_can_hold_every_text(ask: Ask) -> None:
    assert ask(APP, "GET", "/here").content == b'{"text":"\\ud800"}'


def test_an_unknown_path_and_a_wrong_method_are_told_in_json(ask: Ask) -> None:
    assert ask(APP, "GET", "/there").json() == {"message": "Not Found"}
    wrong = ask(APP, "DELETE", "/here")
    assert (wrong.status_code, wrong.json()) == (405, {"message": "Method Not Allowed"})
    assert wrong.headers["allow"]


def test_a_slash_too_many_is_not_redirected(ask: Ask) -> None:
    assert ask(APP, "GET", "/here/").status_code == 404


def test_a_refusal_may_carry_a_code() -> None:
    assert refusal(403, "no", "wrong-region").body == b'{"message":"no","code":"wrong-region"}'


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (None, 7),
        ("0", 0),
        ("12", 12),
        ("", None),
        ("-1", None),
        ("1.0", None),
        ("²", None),
        ("9" * 16, None),
    ],
)
def test_only_digits_are_a_whole_number(text: str | None, number: int | None) -> None:
    assert whole_number(text, 7) == number
