"""What reached a service, in order: the witness that something arrived, or that nothing did."""

from dataclasses import dataclass, replace

KEPT_BODY_BYTES = 4096
CAPACITY = 100_000


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request as it was received; `status` is None until it has been answered.

    `trailers` came behind a chunked body; `head` is the head byte for byte. Only the upstream
    looks at either; elsewhere they are empty.
    Units: at is seconds since the epoch; body holds the first 4096 bytes, body_bytes counts all.
    """

    service: str
    at: float
    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    marker: str | None
    function: str | None
    body_bytes: int
    body: str
    status: int | None = None
    seq: int = 0
    trailers: tuple[tuple[str, str], ...] = ()
    head: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What a cursor gets: the arrivals after it, the next cursor, how many it came too late for."""

    next: int
    arrivals: tuple[Arrival, ...]
    dropped: int


class Ledger:
    """Numbers arrivals from 1, keeps the newest `capacity` of them, never renumbers."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._kept: dict[int, Arrival] = {}
        self._last = 0

    def arrive(self, arrival: Arrival) -> int:
        """Record a request that has been received; returns its number."""
        self._last += 1
        self._kept[self._last] = replace(arrival, seq=self._last)
        self._kept.pop(self._last - self._capacity, None)
        return self._last

    def answered(self, seq: int, status: int) -> None:
        """Record with which status arrival `seq` was answered, if it is still kept."""
        if seq in self._kept:
            self._kept[seq] = replace(self._kept[seq], status=status)

    def after(self, cursor: int, marker: str | None = None, function: str | None = None) -> Page:
        """The arrivals numbered above `cursor`; `dropped` says how many of them are gone."""
        first = self._last - len(self._kept) + 1
        arrivals = tuple(
            arrival
            for seq in range(max(cursor + 1, first), self._last + 1)
            if (arrival := self._kept[seq])
            and marker in (None, arrival.marker)
            and function in (None, arrival.function)
        )
        return Page(self._last, arrivals, max(0, first - 1 - max(cursor, 0)))


def shown(body: bytes) -> str:
    """The start of a body as text."""
    return body[:KEPT_BODY_BYTES].decode("utf-8", "replace")
