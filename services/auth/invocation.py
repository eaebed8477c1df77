"""The Lambda Invoke API in front of the function: signed calls in, Lambda's answers out."""

import uuid
from collections.abc import Callable
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from services.answers import answer, application
from services.auth.configuration import BadConfiguration, Configurations, read_variables
from services.auth.function import LoginFunction
from services.auth.payload import NotJson, read_login
from services.auth.signature import Keys, SignedRequest, verify

FUNCTIONS = "/2015-03-31/functions/"
EXISTING_PREFIX = "login"
Clock = Callable[[], float]


def function_of(path: str) -> str | None:
    """The function a path calls, for the ledger."""
    name, slash, _ = path.removeprefix(FUNCTIONS).partition("/")
    return unquote(name) if path.startswith(FUNCTIONS) and slash else None


def invocation_app(
    function: LoginFunction, configurations: Configurations, keys: Keys, now_s: Clock
) -> ASGIApp:
    """Invoke and configuration of every function whose name starts with `login`."""

    async def invoke(request: Request) -> Response:
        name, body = request.path_params["name"], await request.body()
        refused = _refused(request, name, body, keys, now_s())
        if refused:
            return refused
        kind = request.headers.get("x-amz-invocation-type", "RequestResponse")
        if kind == "DryRun":
            return _answer(204)
        try:
            login = read_login(body)
        except NotJson:
            message = "Could not parse request body into json."
            return _error(400, "InvalidRequestContentException", message)
        if kind == "Event":
            return _answer(202)
        if kind != "RequestResponse":
            message = f"Unknown invocation type: {kind}"
            return _error(400, "InvalidParameterValueException", message)
        return _answer(200, function.answer(login, configurations.kid(name), now_s()))

    async def configuration(request: Request) -> Response:
        name, body = request.path_params["name"], await request.body()
        refused = _refused(request, name, body, keys, now_s())
        if refused:
            return refused
        if request.method == "PUT":
            try:
                configurations.put(name, read_variables(body), now_s())
            except BadConfiguration as found:
                return _error(400, "InvalidParameterValueException", str(found))
        return _answer(200, configurations.shown(name))

    return application(
        [
            Route(FUNCTIONS + "{name}/invocations", invoke, methods=["POST"]),
            Route(FUNCTIONS + "{name}/configuration", configuration, methods=["GET", "PUT"]),
        ]
    )


def _refused(request: Request, name: str, body: bytes, keys: Keys, now_s: float) -> Response | None:
    wrong = verify(_signed(request, body), keys, now_s)
    if wrong:
        return _error(403, wrong.error, wrong.message)
    if not name.startswith(EXISTING_PREFIX):
        arn = f"arn:aws:lambda:{keys.region}:000000000000:function:{name}"
        missing = {"Message": f"Function not found: {arn}", "Type": "User"}
        return _answer(404, missing, error="ResourceNotFoundException")
    return None


def _signed(request: Request, body: bytes) -> SignedRequest:
    target, headers = request.scope["as_received"]
    named = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
    return SignedRequest(request.method, target.decode("latin-1"), named, body)


def _error(status: int, error: str, message: str) -> Response:
    return _answer(status, {"message": message, "Type": "User"}, error=error)


def _answer(
    status: int, content: dict[str, object] | dict[str, str] | None = None, error: str | None = None
) -> Response:
    headers = {"x-amzn-RequestId": str(uuid.uuid4()), "X-Amz-Executed-Version": "$LATEST"}
    if error:
        headers["x-amzn-ErrorType"] = error
    if content is None:
        return Response(status_code=status, headers=headers)
    return answer(content, status, headers)
