"""The analytics event of an exchange, in the names of Gravitee's `v4-metrics`."""

import re
from datetime import UTC, datetime
from itertools import count
from urllib.parse import unquote_plus
from uuid import uuid4

from msgspec import UNSET, Struct, UnsetType

from gateway.exchange import Exchange
from gateway.http.reply import Reply

NOBODY = "1"
METHOD_NUMBERS = {
    "CONNECT": 1,
    "DELETE": 2,
    "GET": 3,
    "HEAD": 4,
    "OPTIONS": 5,
    "PATCH": 6,
    "POST": 7,
    "PUT": 8,
    "TRACE": 9,
}
SECRET_PARAMETERS = frozenset(
    {"jwt", "apikey", "access_token", "token", "key", "password", "secret"}
)
CLIENT_GONE = 499  # as nginx writes it: the client left before there was an answer
LONGEST_VALUE = 1024
AUTHORITY_SECRETS = re.compile(r"^(\w+://)[^/@]*@")
WRITTEN = {"id": "_id", "timestamp": "@timestamp"}


def written_name(field: str) -> str:
    """A field as it is written: `request_id` is `request-id`."""
    return WRITTEN.get(field) or field.replace("_", "-")


class Event(Struct, rename=written_name):
    """One answered request. No field ever holds a credential; what is unset is left out."""

    id: str
    timestamp: str
    gateway: str
    org_id: str
    env_id: str
    request_id: str
    transaction_id: str
    api_id: str
    application_id: str
    http_method: int
    local_address: str
    remote_address: str
    host: str
    uri: str
    path_info: str
    user_agent: str
    request_content_length: int
    status: int
    response_content_length: int
    gateway_response_time_ms: float
    gateway_latency_ms: float
    request_ended: str = "true"
    api_name: str | UnsetType = UNSET
    route_name: str | UnsetType = UNSET
    application_name: str | UnsetType = UNSET
    endpoint: str | UnsetType = UNSET
    endpoint_response_time_ms: float | UnsetType = UNSET
    error_key: str | UnsetType = UNSET
    error_message: str | UnsetType = UNSET


class EventMaker:
    """Makes events for one gateway."""

    def __init__(self, gateway: str, account: str, environment: str) -> None:
        self._gateway, self._account, self._environment = gateway, account, environment
        self._ids = Ids()
        self._times = Times()

    def event(
        self, exchange: Exchange, reply: Reply, token_parameters: frozenset[str], elapsed_s: float
    ) -> Event:
        """The event of an exchange whose answer has been sent `elapsed_s` after it began."""
        request = exchange.request
        total_ms, upstream_ms = elapsed_s * 1000, (exchange.upstream_s or 0.0) * 1000
        event = Event(
            id=self._ids.next(),
            timestamp=self._times.iso(exchange.started_at),
            gateway=self._gateway,
            org_id=self._account,
            env_id=self._environment,
            request_id=exchange.request_id,
            transaction_id=exchange.transaction,
            api_id=NOBODY,
            application_id=NOBODY,
            http_method=METHOD_NUMBERS.get(request.method, 0),
            local_address=request.local[0],
            remote_address=request.peer[0],
            host=header(exchange, b"host"),
            uri=written_uri(exchange, token_parameters),
            path_info=exchange.upstream_path,
            user_agent=header(exchange, b"user-agent"),
            request_content_length=request.body.size_bytes,
            status=final_status(reply),
            response_content_length=reply.body_bytes,
            gateway_response_time_ms=round(total_ms, 3),
            gateway_latency_ms=round(max(0.0, total_ms - upstream_ms), 3),
        )
        note_api(event, exchange)
        note_application(event, exchange)
        if exchange.endpoint:
            event.endpoint = exchange.endpoint
            event.endpoint_response_time_ms = round(upstream_ms, 3)
        if exchange.refusal is not None:
            event.error_key = exchange.refusal.code
            event.error_message = exchange.refusal.message
        return event


class Ids:
    """UUIDs that nobody outside can choose: 80 random bits of this process, then a number."""

    def __init__(self) -> None:
        self._prefix = str(uuid4())[:24]
        self._numbers = count()

    def next(self) -> str:
        return f"{self._prefix}{next(self._numbers):012x}"


class Times:
    """ISO 8601 with milliseconds, formatted once a second."""

    def __init__(self) -> None:
        self._second = -1
        self._text = ""

    def iso(self, epoch_s: float) -> str:
        milliseconds = int(epoch_s * 1000)
        second = milliseconds // 1000
        if second != self._second:
            self._second = second
            self._text = datetime.fromtimestamp(second, UTC).isoformat()[:19]
        return f"{self._text}.{milliseconds % 1000:03d}+00:00"


def written_uri(exchange: Exchange, token_parameters: frozenset[str]) -> str:
    """The request target as received, without the values of parameters that carry secrets."""
    target = exchange.request.target.decode("latin-1")
    path, mark, query = target.partition("?")
    if not path.startswith("/"):
        path = AUTHORITY_SECRETS.sub(r"\1***@", path)
    if not mark:
        return path
    return f"{path}?" + "&".join(masked(pair, token_parameters) for pair in query.split("&"))


def masked(pair: str, token_parameters: frozenset[str]) -> str:
    name, equals, _ = pair.partition("=")
    plain = unquote_plus(name)
    secret = plain.lower() in SECRET_PARAMETERS or plain in token_parameters
    return f"{name}=***" if equals and secret else pair


def final_status(reply: Reply) -> int:
    return reply.status or CLIENT_GONE


def header(exchange: Exchange, name: bytes) -> str:
    value = exchange.request.first.get(name, b"")
    return value[:LONGEST_VALUE].decode("latin-1")


def note_api(event: Event, exchange: Exchange) -> None:
    service, route = exchange.service, exchange.route
    if route is None:
        return
    event.api_id = service.id if service else route.id
    name = service.name if service else route.name
    if name:
        event.api_name = name
    if route.name:
        event.route_name = route.name


def note_application(event: Event, exchange: Exchange) -> None:
    consumer = exchange.consumer
    if consumer is None:
        return
    event.application_id = consumer.id
    if consumer.username is not None:
        event.application_name = consumer.username
