"""What a phrase such as "refused as over quota" means on the wire. One table, one place.

Outcomes compare status and message; a header is compared as text, or only has to be there (ANY), or
must not be there (NONE).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.scenario.exchange import Exchange

ANY = "<any>"
NONE = "<none>"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`by_gateway` tells a refusal of the gateway from one of the service behind it."""

    status: int
    message: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    by_gateway: bool = True


_CHALLENGE = {"WWW-Authenticate": 'Bearer error="invalid_token"'}

OUTCOMES: dict[str, Outcome] = {
    "answered": Outcome(200, by_gateway=False),
    "forbidden by the service": Outcome(403, headers={"WWW-Authenticate": NONE}, by_gateway=False),
    "refused for want of a token": Outcome(401, "Unauthorized", {"WWW-Authenticate": "Bearer"}),
    "refused as unreadable": Outcome(401, "Bad token; invalid JSON", _CHALLENGE),
    "refused as unsigned": Outcome(401, "Bad token; invalid alg", _CHALLENGE),
    "refused as expired": Outcome(401, "token expired", _CHALLENGE),
    "refused as not yet valid": Outcome(401, "token not valid yet", _CHALLENGE),
    "refused as never expiring": Outcome(401, "must be a number", _CHALLENGE),
    "refused as wrongly signed": Outcome(401, "Bad token; invalid signature", _CHALLENGE),
    "refused as forged": Outcome(401, "Invalid signature", _CHALLENGE),
    "refused as of the wrong algorithm": Outcome(401, "Invalid algorithm", _CHALLENGE),
    "refused as of an unknown consumer": Outcome(
        401, "No credentials found for given 'kid'", _CHALLENGE
    ),
    "refused as naming no consumer": Outcome(401, "No mandatory 'kid' in claims", _CHALLENGE),
    "refused as ambiguous": Outcome(401, "Multiple tokens provided", _CHALLENGE),
    "refused as badly named": Outcome(401, "Invalid 'kid' in claims", _CHALLENGE),
    "refused for want of a key": Outcome(
        401, "No API key found in request", {"WWW-Authenticate": "Key"}
    ),
    "refused as an unknown key": Outcome(401, "Unauthorized", {"WWW-Authenticate": "Key"}),
    "refused as two keys": Outcome(401, "Duplicate API key found"),
    "refused as of the wrong group": Outcome(403, "You cannot consume this service"),
    "refused as too large": Outcome(413, "Request size limit exceeded"),
    "failed as a bad function answer": Outcome(502, "Bad Gateway"),
    "refused as over quota": Outcome(429, "API rate limit exceeded", {"Retry-After": ANY}),
    "refused as not HTTP": Outcome(400, "Bad request"),
    "refused as unroutable": Outcome(404, "no Route matched with those values"),
    "failed as unreachable": Outcome(
        502, "An invalid response was received from the upstream server"
    ),
    "failed as too slow": Outcome(504, "The upstream server is timing out"),
    "refused for want of a quota": Outcome(
        503, "The rate limit counters are currently unavailable"
    ),
    "failed as a broken function": Outcome(500, "An unexpected error occurred"),
    "refused as not found": Outcome(404, "Not found", by_gateway=False),
    "refused as not allowed": Outcome(405, by_gateway=False),
    "refused as foreign": Outcome(403, by_gateway=False),
    "taken by the gate": Outcome(202, by_gateway=False),
    "refused by the gate as not acknowledged": Outcome(503, by_gateway=False),
    "refused by the gate as no report": Outcome(400, by_gateway=False),
    "refused by the gate as nobody's": Outcome(401, by_gateway=False),
    "refused by the gate as another region's": Outcome(403, by_gateway=False),
}
"""Every outcome that a feature may name."""

PATTERN = "|".join(re.escape(phrase) for phrase in sorted(OUTCOMES, key=len, reverse=True))


def difference(phrase: str, exchange: Exchange) -> str | None:
    """Say the first thing in which an exchange differs from an outcome; None when it is that."""
    wanted = OUTCOMES[phrase]
    if exchange.status != wanted.status:
        return f"expected {wanted.status}, got {exchange.status_in_words}"
    bodyless = exchange.method == "HEAD"
    if wanted.message is not None and not bodyless and message_of(exchange) != wanted.message:
        return f"expected the message {wanted.message!r}, got {exchange.body[:200]!r}"
    for name, value in wanted.headers.items():
        found = exchange.header(name)
        if value == NONE and found is not None:
            return f"expected no header {name}, got {found!r}"
        if value == ANY and found is None:
            return f"expected the header {name}, got none"
        if value not in (ANY, NONE) and found != value:
            return f"expected {name}: {value}, got {found!r}"
    if wanted.by_gateway and not bodyless and not request_id_of(exchange):
        return f"expected the gateway's own error with a request_id, got {exchange.body[:200]!r}"
    return None


def _fields(exchange: Exchange) -> Mapping[str, object]:
    try:
        body = json.loads(exchange.body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def message_of(exchange: Exchange) -> object:
    return _fields(exchange).get("message")


def request_id_of(exchange: Exchange) -> object:
    return _fields(exchange).get("request_id")
