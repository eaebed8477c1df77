"""What is measured: one row is one kind of work. The list is the table's order."""

from dataclasses import dataclass

LARGE_BYTES = 100 * 1024
MANY = 10**9
"""A limit that nobody meets: counting is measured, not refusing."""


@dataclass(frozen=True, slots=True)
class Row:
    """Calls of one kind. `path` says to every peer what is to be done with them.

    `service` is which of a peer's processes is asked: the plain one, the one that reports events,
    or the one with the big document. A peer that has no such thing leaves the row out.
    """

    name: str
    path: str
    service: str = "plain"
    connections: int = 32
    bears_token: bool = False
    body_bytes: int = 0
    status: int = 200
    quick: bool = False


ROWS = (
    Row("routing", "/route", quick=True),
    Row("routing, 1 connection", "/route", connections=1),
    Row("routing, 128 connections", "/route", connections=128),
    Row("routing, 1 KiB POST", "/route", body_bytes=1024),
    Row("routing, 100 KiB answer", "/route/large"),
    Row("JWT", "/jwt", bears_token=True, quick=True),
    Row("JWT, limit", "/limited", bears_token=True, quick=True),
    Row("JWT, limit, event", "/limited", "reporting", bears_token=True, quick=True),
    Row("refused: 401", "/jwt", status=401),
    Row("refused: 429", "/spent", bears_token=True, status=429),
    Row("JWT, limit, 1,000 routes", "/route-500", "big", bears_token=True),
)
