"""An application that only callers with a valid token get into, one public path aside."""

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from services.access import Caller, caller_of
from services.answers import refusal

PUBLIC = "/public"


class Guarded:
    """Answers 403 to everything but `/public` unless a valid token says who is calling."""

    def __init__(self, app: ASGIApp, secret: str) -> None:
        self._app = app
        self._secret = secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the caller in, or refuse before anything else is looked at."""
        if scope["path"] == PUBLIC:
            return await self._app(scope, receive, send)
        caller = caller_of(Headers(scope=scope).get("authorization"), self._secret)
        if caller is None:
            refused = refusal(403, "a valid token is required; log in and send it as Bearer")
            return await refused(scope, receive, send)
        scope["state"]["caller"] = caller
        return await self._app(scope, receive, send)


def caller(request: Request) -> Caller:
    """Who sent a request that was let in."""
    known = request.state.caller
    assert isinstance(known, Caller)
    return known
