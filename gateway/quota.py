"""Fixed windows aligned to the clock: what is admitted, and what the client is told. Pure.

Source: Kong's rate-limiting plugin, with one difference: a rejected request uses up nothing.
"""

from functools import cache

from msgspec import Struct

from gateway.http.headers import Headers

PERIODS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}

# Every field that may tell a client about its quota, by its lower-case name.
QUOTA_FIELDS = frozenset(
    {b"ratelimit-limit", b"ratelimit-remaining", b"ratelimit-reset"}
    | {
        f"x-ratelimit-{what}-{period}".encode()
        for what in ("limit", "remaining")
        for period in PERIODS
    }
)


class Limit(Struct, frozen=True):
    """At most `calls` in each window of the period."""

    period: str
    calls: int

    @property
    def window_s(self) -> int:
        return PERIODS[self.period]


class Count(Struct, frozen=True):
    """What a counter answered: the second it looked at its clock, whether the request was
    counted, and the calls used in each window before it."""

    at_s: int
    admitted: bool
    used: tuple[int, ...]


class Standing(Struct, frozen=True):
    """Where a client stands with one limit after its request."""

    limit: Limit
    remaining: int


def window_start(now_s: int, window_s: int) -> int:
    return now_s - now_s % window_s


def admits(limits: tuple[Limit, ...], used: tuple[int, ...]) -> bool:
    """Whether every window has room for one more call."""
    return all(count < limit.calls for limit, count in zip(limits, used, strict=True))


def standings(limits: tuple[Limit, ...], count: Count) -> list[Standing]:
    """What remains in each window; the request itself is taken off only when it was admitted."""
    own = 1 if count.admitted else 0
    return [
        Standing(limit, max(0, limit.calls - used - own))
        for limit, used in zip(limits, count.used, strict=True)
    ]


def tightest(found: list[Standing]) -> Standing:
    """The limit that the client meets first: least remaining, the longer window on a tie."""
    return min(found, key=lambda standing: (standing.remaining, -standing.limit.window_s))


def reset_s(limit: Limit, now_s: int) -> int:
    """Seconds until the window ends, at least 1."""
    return max(1, limit.window_s - now_s % limit.window_s)


@cache
def field_names(period: str) -> tuple[bytes, bytes]:
    """The names of the fields that tell about one period."""
    end = period.capitalize().encode()
    return b"X-RateLimit-Limit-" + end, b"X-RateLimit-Remaining-" + end


def quota_headers(limits: tuple[Limit, ...], count: Count) -> Headers:
    """The header fields that tell the client; Retry-After only on a rejection."""
    found = standings(limits, count)
    first = tightest(found)
    reset = b"%d" % reset_s(first.limit, count.at_s)
    headers: Headers = []
    for standing in found:
        of_limit, of_remaining = field_names(standing.limit.period)
        headers.append((of_limit, b"%d" % standing.limit.calls))
        headers.append((of_remaining, b"%d" % standing.remaining))
    headers.append((b"RateLimit-Limit", b"%d" % first.limit.calls))
    headers.append((b"RateLimit-Remaining", b"%d" % first.remaining))
    headers.append((b"RateLimit-Reset", reset))
    if not count.admitted:
        headers.append((b"Retry-After", reset))
    return headers
