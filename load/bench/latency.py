"""Added latency: calls through a gateway less calls straight to the upstream, at a steady rate."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from load.bench import open_model
from load.bench.open_model import Latencies
from load.bench.stage import Stage
from load.wire import request

RATE = 1000.0
SECONDS = 1.5
MEASURED = ("gateproof", "envoy")
DIRECT = "upstream"


@dataclass(frozen=True, slots=True)
class Added:
    """Milliseconds, medians over the rounds; `voids` says why rounds are missing."""

    peer: str
    p50_ms: float
    p99_ms: float
    rounds: int
    voids: tuple[str, ...]

    def __str__(self) -> str:
        why = f"; {len(self.voids)} rounds void: {self.voids[0]}" if self.voids else ""
        if not self.rounds:
            return f"added latency: {self.peer}: no figure{why}"
        return (
            f"added latency: {self.peer}: p50 {self.p50_ms:+.2f} ms, p99 {self.p99_ms:+.2f} ms"
            f" at {RATE:g} requests/s, routing{why}"
        )

    def fields(self) -> dict[str, Any]:
        return asdict(self)


def added_latency(found: Stage, token: str, rounds: int) -> list[Added]:
    """In turn: straight, then through each, and again."""
    ports = {DIRECT: found.upstream}
    ports |= {
        name: found.running[name, "plain"].port
        for name in MEASURED
        if (name, "plain") in found.running
    }
    message = request("GET", "/route", Authorization=f"Bearer {token}")
    turns: list[dict[str, Latencies]] = [
        {name: open_model.measure(port, message, RATE, SECONDS) for name, port in ports.items()}
        for _ in range(rounds)
    ]
    return [compared(name, turns) for name in ports if name != DIRECT]


def compared(name: str, turns: Sequence[dict[str, Latencies]]) -> Added:
    good = [turn for turn in turns if not (turn[name].void or turn[DIRECT].void)]
    voids = tuple(turn[name].void or turn[DIRECT].void or "" for turn in turns if turn not in good)

    def at(share: float) -> float:
        more = [turn[name].at(share) - turn[DIRECT].at(share) for turn in good]
        return round(median(more) * 1000, 3) if more else 0.0

    return Added(name, at(0.5), at(0.99), len(good), voids)
