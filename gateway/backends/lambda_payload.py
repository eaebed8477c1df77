"""What a function is given: Kong's shapes, and the event of Amazon's API Gateway. Pure.

Unlike in Kong a body is never left out for its size, and one that is not text always goes as base64.
"""

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from gateway.backends.lambda_arguments import (
    arguments,
    body_arguments,
    content_type,
    gathered,
    header_pairs,
    is_parseable,
    query_pairs,
    single_or_list,
)
from gateway.backends.lambda_config import LambdaConfig
from gateway.exchange import Exchange
from gateway.routing import upstream_path

# Exact values, as in Kong: with parameters after it a type is unknown and its body goes as base64.
TEXT_TYPES = frozenset(
    {"text/plain", "text/html", "application/xml", "text/xml", "application/soap+xml"}
)


def payload(config: LambdaConfig, exchange: Exchange, body: bytes) -> dict[str, Any]:
    """The event, the parts asked for, or query and body arguments merged."""
    if config.awsgateway_compatible:
        return gateway_event(config, exchange, body)
    query = query_of(exchange)
    if not config.forwards:
        return arguments(query) | (body_arguments(body, content_type(exchange)) or {})
    parts: dict[str, Any] = {}
    if config.forward_method:
        parts["request_method"] = exchange.request.method
    if config.forward_headers:
        parts["request_headers"] = single_or_list(gathered(header_pairs(exchange)))
    if config.forward_uri:
        mark = "" if exchange.query is None else "?"
        parts["request_uri"] = f"{exchange.raw_path}{mark}{query}"
        parts["request_uri_args"] = arguments(query)
    if config.forward_body:
        parts |= forwarded_body(config, body, content_type(exchange))
    return parts


def query_of(exchange: Exchange) -> str:
    return (exchange.query or b"").decode("latin-1")


def forwarded_body(config: LambdaConfig, body: bytes, type_of_body: str) -> dict[str, Any]:
    parseable = is_parseable(type_of_body)
    as_text = parseable or type_of_body in TEXT_TYPES or not config.base64_encode_body
    text = text_of(body) if as_text else None
    if text is None:
        parts: dict[str, Any] = {
            "request_body": b64encode(body).decode(),
            "request_body_base64": True,
        }
    else:
        parts = {"request_body": text}
    parsed = body_arguments(body, type_of_body) if parseable else {}
    if parsed is not None:
        parts["request_body_args"] = parsed
    return parts


def text_of(body: bytes) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def gateway_event(config: LambdaConfig, exchange: Exchange, body: bytes) -> dict[str, Any]:
    """The event of API Gateway, payload version 1.0, as Kong fills it."""
    assert exchange.route is not None
    base = exchange.service.path if exchange.service else ""
    stripped = exchange.prefix if exchange.route.strip_path else ""
    path = upstream_path(stripped, exchange.path, base)
    headers = gathered(header_pairs(exchange))
    query = gathered(query_pairs(query_of(exchange)))
    return {
        "version": "1.0",
        "path": path,
        "httpMethod": exchange.request.method,
        "headers": first_values(headers),
        "multiValueHeaders": headers,
        "pathParameters": {},
        "queryStringParameters": first_values(query),
        "multiValueQueryStringParameters": query,
        **event_body(config, body),
        "requestContext": request_context(exchange, path),
    }


def first_values(found: dict[str, list[Any]]) -> dict[str, Any]:
    return {name: values[0] for name, values in found.items()}


def event_body(config: LambdaConfig, body: bytes) -> dict[str, Any]:
    text = None if config.base64_encode_body and body else text_of(body)
    if text is None:
        return {"body": b64encode(body).decode(), "isBase64Encoded": True}
    return {"body": text, "isBase64Encoded": False}


def request_context(exchange: Exchange, path: str) -> dict[str, Any]:
    request, at = exchange.request, datetime.fromtimestamp(exchange.started_at, UTC)
    agent = request.first.get(b"user-agent")
    identity = {"sourceIp": request.peer[0]}
    if agent is not None:
        identity["userAgent"] = agent.decode("latin-1")
    return {
        "path": path,
        "protocol": f"HTTP/{request.version}",
        "httpMethod": request.method,
        "domainName": exchange.host,
        "domainPrefix": exchange.host.partition(".")[0],
        "identity": identity,
        "requestId": exchange.request_id,
        "requestTime": f"{at:%d/%b/%Y:%H:%M:%S} +0000",
        "requestTimeEpoch": int(exchange.started_at * 1000),
        "resourcePath": exchange.prefix,
    }
