"""What gateways reach: `/sync` and `/reports`, both behind a Cloud Token."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from services.answers import answer, application, refusal, whole_number
from services.bell import Bell
from services.cloud_gate.broker import Broker, Message
from services.cloud_gate.gateways import Gateways, Heartbeat
from services.cloud_gate.keys import Keys, verified
from services.cloud_gate.reports import MAX_BYTES, BadReports, decoded, read_events
from services.cloud_gate.store import Publication, Store
from services.cloud_gate.tokens import (
    REPORTS,
    SYNC,
    CloudToken,
    Doorkeeper,
    Refused,
    bearer,
    environment,
    permitted,
)

MAX_WAIT_S = 30


@dataclass(frozen=True, slots=True)
class Gate:
    """The parts of one gate, wired in `app`."""

    region: str
    keys: Keys
    doorkeeper: Doorkeeper
    store: Store
    gateways: Gateways
    broker: Broker
    news: Bell
    now_s: Callable[[], float]


def data_side(gate: Gate) -> ASGIApp:
    """`GET /sync` and `POST /reports`."""

    async def sync(request: Request) -> Response:
        return await _sync(gate, request)

    async def reports(request: Request) -> Response:
        return await _reports(gate, request)

    return application([Route("/sync", sync), Route("/reports", reports, methods=["POST"])])


async def _admitted(gate: Gate, request: Request) -> CloudToken | Refused:
    token = bearer(request.headers.get("authorization"))
    if isinstance(token, Refused):
        return token
    claims = await verified(token, gate.keys)
    if isinstance(claims, Refused):
        return claims
    return gate.doorkeeper.admit(claims, gate.now_s())


async def _sync(gate: Gate, request: Request) -> Response:
    token = await _admitted(gate, request)
    if isinstance(token, Refused):
        return _refused(token)
    where = environment(token, request.query_params.get("environment"))
    wrong = where if isinstance(where, Refused) else permitted(token, SYNC)
    if isinstance(where, Refused) or wrong:
        return _refused(wrong)
    version, refused = _number(request, "version"), _number(request, "refused")
    name = request.headers.get("x-gateway-name", "unnamed")
    gate.gateways.polled(where, Heartbeat(name, version, refused or None, gate.now_s()))

    def newer() -> Publication | None:
        newest = gate.store.newest(where)
        return newest if newest and newest.version > max(version, refused) else None

    found = await gate.news.until(newer, _wait_s(request))
    if found is None:
        return Response(status_code=204)
    return Response(found.sync_body, media_type="application/json")


async def _reports(gate: Gate, request: Request) -> Response:
    token = await _admitted(gate, request)
    wrong = token if isinstance(token, Refused) else permitted(token, REPORTS)
    if isinstance(token, Refused) or wrong:
        return _refused(wrong)
    body = decoded(await _body(request), request.headers.get("content-encoding"))
    events = body if isinstance(body, BadReports) else read_events(body, token)
    if isinstance(events, BadReports):
        return refusal(events.status, events.message, events.code)
    headers = (("index", token.index.encode()), ("region", gate.region.encode()))
    key = token.account.encode()
    if not await gate.broker.deliver([Message(key, event, headers) for event in events]):
        message = "Kafka did not acknowledge the events; send them again"
        return refusal(503, message, "not-acknowledged", {"Retry-After": "1"})
    return answer({"accepted": len(events)}, 202)


async def _body(request: Request) -> bytes:
    """The body as it came; what exceeds the limit is not even read."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            break
    return bytes(body)


def _refused(refused: Refused | None) -> Response:
    assert refused is not None
    challenge = {"WWW-Authenticate": "Bearer"} if refused.status == 401 else None
    return refusal(refused.status, refused.message, refused.code, challenge)


def _number(request: Request, name: str) -> int:
    text = request.query_params.get(name)
    number = whole_number(text, 0)
    if number is None:
        raise HTTPException(400, f'{name} must be a whole number, found "{text}"')
    return number


def _wait_s(request: Request) -> float:
    text = request.query_params.get("wait_s", "0")
    try:
        wait_s = float(text)
    except ValueError:
        wait_s = -1
    if not wait_s >= 0:
        raise HTTPException(400, f'wait_s must be a number of seconds, found "{text}"')
    return min(wait_s, MAX_WAIT_S)
