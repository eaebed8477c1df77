"""What the rounds of a bench say: medians with their spread, ratios, and what has become dearer. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

DEARER = 0.15
OURS = "gateproof"

Ratios = Mapping[str, Mapping[str, float]]


@dataclass(slots=True)
class Cell:
    """One peer's runs of one row: CPU microseconds per request, or why there is no figure."""

    us: list[float] = field(default_factory=list)
    redis_us: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)
    voids: list[str] = field(default_factory=list)

    @property
    def median_us(self) -> float | None:
        return median(self.us) if self.us else None

    @property
    def spread(self) -> float:
        """How far apart the runs are, as a share of their median."""
        return (max(self.us) - min(self.us)) / median(self.us) if self.us else 0.0


Cells = dict[tuple[str, str], Cell]


def ratios(cells: Cells) -> dict[str, dict[str, float]]:
    """Requests per CPU second by those of each peer, by row: above 1 we need less."""
    found: dict[str, dict[str, float]] = {}
    for (row, peer), cell in cells.items():
        ours = cells.get((row, OURS))
        if peer != OURS and cell.us and ours is not None and ours.us:
            # Round by round: what disturbed a round disturbed both.
            pairs = zip(cell.us, ours.us, strict=False)
            found.setdefault(row, {})[peer] = round(median(its / own for its, own in pairs), 3)
    return found


@dataclass(frozen=True, slots=True)
class Target:
    row: str
    peer: str
    at_least: float


TARGETS = (
    Target("JWT, limit, event", "envoy", 1.2),
    Target("routing", "nginx", 0.4),
)


def findings(found: Ratios, recorded: Ratios) -> list[str]:
    """What is below its target, and what costs more than 15 % above the last record."""
    said = []
    for it in TARGETS:
        ratio = found.get(it.row, {}).get(it.peer)
        if ratio is not None and ratio < it.at_least:
            said.append(f"{it.row}: {ratio:.2f} of {it.peer}, the target is {it.at_least:g}")
    for row, peers in found.items():
        for peer, ratio in peers.items():
            before = recorded.get(row, {}).get(peer)
            if before is not None and ratio < before * (1 - DEARER):
                share = before / ratio - 1
                said.append(f"{row}: {ratio:.2f} of {peer}, was {before:.2f}: {share:.0%} dearer")
    return said


def table(cells: Cells, rows: Iterable[str], peers: Sequence[str]) -> list[str]:
    """Ratios first, then the microseconds that they are made of."""
    found, others = ratios(cells), [peer for peer in peers if peer != OURS]
    heads = [f"of {peer}" for peer in others] + [f"{peer} us" for peer in peers] + ["redis us"]
    lines = [f"{'':26}" + "".join(f"{head:>14}" for head in heads)]
    for row in rows:
        told = [written(found.get(row, {}).get(peer), "{:.2f}") for peer in others]
        told += [microseconds(cells.get((row, peer))) for peer in peers]
        ours = cells.get((row, OURS))
        told.append(written(median(ours.redis_us) if ours and ours.redis_us else None, "{:.1f}"))
        lines.append(f"{row:26}" + "".join(f"{it:>14}" for it in told))
    return lines


def written(value: float | None, form: str) -> str:
    return "-" if value is None else form.format(value)


def microseconds(cell: Cell | None) -> str:
    if cell is None:
        return "-"
    return f"{cell.median_us:.1f} ±{cell.spread / 2:.0%}" if cell.us else "void"
