"""What a bench says: lines for people, `bench.json`, `bench.svg`."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from load.bench.chart import chart
from load.bench.figures import Cells, Ratios, findings, ratios, table
from load.bench.latency import Added
from load.bench.peers.contract import Peer

BUSY = 0.25


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was found; `busy` is the share of the machine that others used before."""

    rows: list[str]
    peers: list[Peer]
    cells: Cells
    added: list[Added]
    missing: list[str]
    busy: float
    recorded: Ratios

    @property
    def findings(self) -> list[str]:
        return findings(ratios(self.cells), self.recorded)

    def lines(self) -> list[str]:
        voids = [
            f"void: {row}, {peer}: {len(it.voids)} runs, {it.voids[0]}"
            for (row, peer), it in self.cells.items()
            if it.voids
        ]
        busy = f"busy: others used {self.busy:.0%} of this machine before: latencies say little"
        compared, missing = len(ratios(self.cells)), len(self.missing)
        return [
            *table(self.cells, self.rows, [peer.name for peer in self.peers]),
            "",
            *(f"{peer.name}: {peer.note}" for peer in self.peers),
            *map(str, self.added),
            *voids,
            *(f"missing: {line}" for line in self.missing),
            *([busy] if self.busy > BUSY else []),
            *(f"finding: {line}" for line in self.findings),
            f"{compared} rows compared, {missing} peers missing, {len(self.findings)} findings",
        ]

    def fields(self) -> dict[str, Any]:
        def of(name: str) -> dict[str, Any]:
            cells = {f"{row} | {peer}": getattr(it, name) for (row, peer), it in self.cells.items()}
            return {key: value for key, value in cells.items() if value}

        return {
            "ratios": ratios(self.cells),
            "us": of("us"),
            "redis_us": of("redis_us"),
            "rate": of("rate"),
            "voids": of("voids"),
            "latency": [it.fields() for it in self.added],
            "missing": self.missing,
            "busy": self.busy,
            "findings": self.findings,
        }

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "bench.svg").write_text(chart(ratios(self.cells)))
        (folder / "bench.json").write_text(json.dumps(self.fields(), indent=1) + "\n")
