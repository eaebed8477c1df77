"""Queries, forms and header fields as maps, the way a function is given them. Pure."""

import json
from typing import Any
from urllib.parse import unquote_plus

from gateway.exchange import Exchange
from gateway.http.headers import IDENTITY, canonical
from gateway.identity import identity_headers

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def gathered(pairs: list[tuple[str, Any]]) -> dict[str, list[Any]]:
    """Every value of every name, in order."""
    found: dict[str, list[Any]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def single_or_list(found: dict[str, list[Any]]) -> dict[str, Any]:
    """A name that comes once has its value, one that comes more often a list."""
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def query_pairs(query: str) -> list[tuple[str, Any]]:
    """Names and values of a query or a form; the value of a name without `=` is true."""
    pairs = []
    for pair in query.split("&"):
        name, equals, value = pair.partition("=")
        if name:
            pairs.append((unquote_plus(name), unquote_plus(value) if equals else True))
    return pairs


def arguments(query: str) -> dict[str, Any]:
    return single_or_list(gathered(query_pairs(query)))


def header_pairs(exchange: Exchange) -> list[tuple[str, Any]]:
    """The fields that a function may see, names in lower case: who calls is the gateway's to say."""
    own = [*identity_headers(exchange), *exchange.added]
    own.append((b"x-request-id", exchange.request_id.encode()))
    dropped = IDENTITY | {b"x-request-id"}
    kept = [field for field in exchange.onward if canonical(field[0]) not in dropped]
    return [
        (name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in (*kept, *own)
    ]


def content_type(exchange: Exchange) -> str:
    return exchange.request.first.get(b"content-type", b"").decode("latin-1")


def media_type(value: str) -> str:
    return value.partition(";")[0].strip().lower()


def is_parseable(value: str) -> bool:
    return media_type(value) in (JSON, FORM)


def body_arguments(body: bytes, value: str) -> dict[str, Any] | None:
    """The arguments in a body of this type; None when its type or its content holds none."""
    if media_type(value) == FORM:
        return arguments(body.decode("utf-8", "replace"))
    if media_type(value) != JSON:
        return None
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None
