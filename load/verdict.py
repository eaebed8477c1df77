"""What a soak's samples prove. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

MOST_GROWTH_MIB = 4.0
"""Over the second half of the run, by a straight line through its samples."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What was seen at one moment."""

    at_s: float
    rss_mib: float
    files: int
    connections: int
    in_flight: int
    lag_ms: float
    calls: int
    produced: int
    delivered: int
    queued: int
    dropped: int


@dataclass(frozen=True, slots=True)
class End:
    """How things stood when all callers had left and everything was delivered."""

    connections: int
    in_flight: int
    requests: int
    produced: int
    delivered: int
    dropped: int
    queued: int
    events_at_gate: int
    unexpected: dict[str, int]


@dataclass(frozen=True, slots=True)
class Finding:
    promise: str
    held: bool
    figure: str


def growth_mib(samples: Sequence[Sample]) -> float:
    """How much memory grew over the second half: the slope of the best line times its length."""
    half = [it for it in samples if it.at_s >= samples[-1].at_s / 2] if samples else []
    if len(half) < 3:
        return 0.0
    middle_s = sum(it.at_s for it in half) / len(half)
    mean = sum(it.rss_mib for it in half) / len(half)
    spread = sum((it.at_s - middle_s) ** 2 for it in half)
    slope = sum((it.at_s - middle_s) * (it.rss_mib - mean) for it in half) / spread
    return slope * (half[-1].at_s - half[0].at_s)


def findings(samples: Sequence[Sample], end: End) -> list[Finding]:
    growth = growth_mib(samples)
    accounted = end.delivered + end.dropped
    return [
        Finding(
            "memory is flat over the second half",
            growth <= MOST_GROWTH_MIB,
            f"{growth:+.2f} MiB, at most {MOST_GROWTH_MIB:g}",
        ),
        Finding(
            "no connection is stuck",
            end.connections == end.in_flight == 0,
            f"{end.connections} open, {end.in_flight} in flight",
        ),
        Finding(
            "every request is one event",
            end.requests == end.produced,
            f"{end.requests} requests, {end.produced} events",
        ),
        Finding(
            "every event is delivered",
            end.produced == accounted and end.dropped == end.queued == 0,
            f"{end.produced} produced = {end.delivered} delivered + {end.dropped} dropped",
        ),
        Finding(
            "the gate has each event once",
            end.events_at_gate == end.delivered,
            f"{end.events_at_gate} different events at the gate",
        ),
        Finding(
            "every answer is the expected one",
            not end.unexpected,
            ", ".join(f"{what}: {count}" for what, count in end.unexpected.items()) or "all",
        ),
    ]
