"""What a load of journeys came to: offered, sent, completed, refused, failed, arrived. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

OVER_QUOTA = " (over quota)"
"""How the journeys mark the name of a call that was refused for want of budget."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Shape: counts of calls. `offered` is what the people would have sent had nobody made them wait.

    Units: times in milliseconds, as Locust rounds them.
    """

    offered: int
    sent: int
    answered: int
    over_quota: int
    unexpected: int
    arrived: int
    median_ms: float
    worst_ms: float

    @property
    def complaints(self) -> list[str]:
        """Say what is not as it should be; 429s are expected."""
        found = []
        if self.unexpected:
            found.append(f"{self.unexpected} calls had an answer that nobody promised, or none")
        if self.arrived != self.answered:
            found.append(f"{self.answered} calls were answered, {self.arrived} are in the index")
        if not self.sent:
            found.append("nothing was sent")
        return found

    def lines(self) -> list[str]:
        rows = [
            ("offered", self.offered, "had nobody waited for an answer"),
            ("sent", self.sent, f"{self.sent / max(1, self.offered):.0%} of that"),
            ("answered", self.answered, f"of these {self.over_quota} refused as over quota"),
            ("unexpected", self.unexpected, "another answer, or none"),
            ("in the index", self.arrived, "one event for each answered call"),
        ]
        found = [f"{name:<13}{count:>9,}  {words}" for name, count, words in rows]
        return [
            *found,
            f"{'latency':<13}{self.median_ms:>6.0f} ms  median; worst {self.worst_ms:.0f} ms",
        ]


def counted(stats: Iterable[Mapping[str, Any]], offered: int, arrived: int) -> Tally:
    """Add up Locust's own statistics (`--json-file`).

    Shape: each has name, num_requests, num_failures, num_none_requests, response_times.
    """
    rows = list(stats)
    times: dict[float, int] = {}
    for row in rows:
        for took_ms, count in row["response_times"].items():
            times[float(took_ms)] = times.get(float(took_ms), 0) + int(count)
    sent = sum(row["num_requests"] for row in rows)
    return Tally(
        offered=offered,
        sent=sent,
        answered=sent - sum(row["num_none_requests"] for row in rows),
        over_quota=sum(row["num_requests"] for row in rows if row["name"].endswith(OVER_QUOTA)),
        unexpected=sum(row["num_failures"] for row in rows),
        arrived=arrived,
        median_ms=_middle(times),
        worst_ms=max(times, default=0.0),
    )


def _middle(times: Mapping[float, int]) -> float:
    half, seen = sum(times.values()) / 2, 0
    for took_ms in sorted(times):
        seen += times[took_ms]
        if seen >= half:
            return took_ms
    return 0.0
