"""The answers all services share: JSON, and a refusal that says what was wrong."""

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.strict_json import render


def refusal(
    status: int, message: str, code: str | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """`{"message": …}`, with a `code` where a program has to tell cases apart."""
    body = {"message": message} | ({"code": code} if code else {})
    return answer(body, status, headers)


def answer(
    content: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """`content` as JSON; unlike Starlette's own, it can hold every text that JSON can."""
    return Response(render(content), status, headers, "application/json")


def application(routes: list[Route]) -> Starlette:
    """Routes whose 404 and 405 are JSON too, and which redirect nobody."""
    app = Starlette(routes=routes, exception_handlers={HTTPException: _refused})
    app.router.redirect_slashes = False
    return app


async def _refused(request: Request, found: Exception) -> Response:
    if not isinstance(found, HTTPException):
        raise found
    return refusal(found.status_code, found.detail, headers=found.headers)


def whole_number(text: str | None, default: int) -> int | None:
    """A query value of digits as a number, the default when absent, None when it is neither."""
    if text is None:
        return default
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
