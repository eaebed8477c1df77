"""What is written down about an exchange: its analytics event and its line in the access log."""

import re
from datetime import UTC, datetime
from time import perf_counter
from typing import Any
from urllib.parse import unquote_plus
from uuid import uuid4

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


def written_uri(exchange: Exchange, token_parameters: frozenset[str]) -> str:
    """The request target as received, without the values of parameters that carry secrets."""
    target = exchange.request.target.decode("latin-1")
    path, mark, query = target.partition("?")
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


class EventMaker:
    """Makes events for one gateway."""

    def __init__(self, gateway: str, account: str, environment: str) -> None:
        self._fixed = {"gateway": gateway, "org-id": account, "env-id": environment}

    def event(
        self, exchange: Exchange, reply: Reply, token_parameters: frozenset[str]
    ) -> dict[str, Any]:
        """The event of an exchange whose answer has been sent, in Gravitee's `v4-metrics` names."""
        request, total_ms = exchange.request, (perf_counter() - exchange.started) * 1000
        upstream_ms = (exchange.upstream_s or 0.0) * 1000
        event: dict[str, Any] = {
            "_id": str(uuid4()),
            "@timestamp": datetime.fromtimestamp(exchange.started_at, UTC).isoformat(
                timespec="milliseconds"
            ),
            **self._fixed,
            "request-id": exchange.request_id,
            "transaction-id": exchange.transaction,
            **api_fields(exchange),
            **application_fields(exchange),
            "http-method": METHOD_NUMBERS.get(request.method, 0),
            "local-address": request.local[0],
            "remote-address": request.peer[0],
            "host": header(exchange, b"host"),
            "uri": written_uri(exchange, token_parameters),
            "path-info": exchange.upstream_path,
            "user-agent": header(exchange, b"user-agent"),
            "request-content-length": request.body.size_bytes,
            "request-ended": "true",
            "status": final_status(reply),
            "response-content-length": reply.body_bytes,
            "gateway-response-time-ms": round(total_ms, 3),
            "gateway-latency-ms": round(max(0.0, total_ms - upstream_ms), 3),
        }
        if exchange.endpoint:
            event["endpoint"] = exchange.endpoint
            event["endpoint-response-time-ms"] = round(upstream_ms, 3)
        if exchange.refusal is not None:
            event["error-key"] = exchange.refusal.code
            event["error-message"] = exchange.refusal.message
        return event


def header(exchange: Exchange, name: bytes) -> str:
    value = exchange.request.first.get(name, b"")
    return value[:LONGEST_VALUE].decode("latin-1")


def api_fields(exchange: Exchange) -> dict[str, Any]:
    service, route = exchange.service, exchange.route
    if route is None:
        return {"api-id": NOBODY}
    fields: dict[str, Any] = {"api-id": service.id if service else route.id}
    name = service.name if service else route.name
    if name:
        fields["api-name"] = name
    if route.name:
        fields["route-name"] = route.name
    return fields


def application_fields(exchange: Exchange) -> dict[str, Any]:
    consumer = exchange.consumer
    if consumer is None:
        return {"application-id": NOBODY}
    if consumer.username is None:
        return {"application-id": consumer.id}
    return {"application-id": consumer.id, "application-name": consumer.username}


def access_line(exchange: Exchange, reply: Reply) -> dict[str, Any]:
    """The fields of the access log; the path without its query, which may hold secrets."""
    consumer, route = exchange.consumer, exchange.route
    return {
        "request_id": exchange.request_id,
        "transaction": exchange.transaction,
        "method": exchange.request.method,
        "path": exchange.raw_path,
        "status": final_status(reply),
        "ms": round((perf_counter() - exchange.started) * 1000, 3),
        "consumer": consumer.username or consumer.id if consumer else None,
        "route": route.name or route.id if route else None,
        "upstream": exchange.endpoint or None,
    }
