"""Which header fields travel on, and which end at the gateway (RFC 9110, 7.6.1).

Names are compared in lower case with `_` read as `-`: many upstreams fold the two together,
so `X_Consumer_Username` would otherwise be as good as the real one.
"""

from functools import lru_cache

Headers = list[tuple[bytes, bytes]]

HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)

# Who the caller is, is for the gateway alone to say.
IDENTITY = frozenset(
    {
        b"x-consumer-id",
        b"x-consumer-username",
        b"x-consumer-custom-id",
        b"x-consumer-groups",
        b"x-credential-identifier",
        b"x-credential-username",
        b"x-anonymous-consumer",
        b"x-authenticated-groups",
        b"x-authenticated-userid",
    }
)

# Written afresh for the upstream; `proxy` is the httpoxy hole.
REWRITTEN = frozenset(
    {
        b"host",
        b"content-length",
        b"expect",
        b"proxy",
        b"via",
        b"x-forwarded-for",
        b"x-forwarded-proto",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-forwarded-path",
        b"x-forwarded-prefix",
        b"x-real-ip",
        b"x-request-id",
    }
)

DROPPED_FROM_REQUESTS = HOP_BY_HOP | IDENTITY | REWRITTEN
DROPPED_FROM_RESPONSES = HOP_BY_HOP | {b"content-length", b"x-request-id", b"via"}


@lru_cache(512)
def canonical(name: bytes) -> bytes:
    """The name as it is compared: lower case, `_` as `-`."""
    return name.lower().replace(b"_", b"-")


def index(headers: Headers) -> dict[bytes, bytes]:
    """The first value of every field, by its lower-case name."""
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        found.setdefault(name.lower(), value)
    return found


def every(headers: Headers, name: bytes) -> list[bytes]:
    """All values of a field in order; `name` is lower case."""
    return [value for field, value in headers if field.lower() == name]


def lines(headers: Headers) -> bytes:
    """The fields as they are written, each with the end of its line."""
    return b"\r\n".join([*map(b": ".join, headers), b""])


def tokens(value: bytes) -> list[bytes]:
    """The lower-case members of a comma-separated list."""
    return [token for part in value.split(b",") if (token := part.strip().lower())]


def forwardable(headers: Headers, dropped: frozenset[bytes]) -> Headers:
    """The fields that travel on: without `dropped` and without what Connection names."""
    kept: Headers = []
    nominated: set[bytes] | None = None
    for field in headers:
        name = canonical(field[0])
        if name not in dropped:
            kept.append(field)
        elif name == b"connection" and canonical(field[1]) not in dropped:
            nominated = (nominated or set()) | {canonical(token) for token in tokens(field[1])}
    if nominated:
        kept = [field for field in kept if canonical(field[0]) not in nominated]
    return kept
