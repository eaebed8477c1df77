"""`make bench`: CPU per request next to other gateways, added latency, and what has become dearer."""

import argparse
import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import psutil

from harness import settings
from load.bench.figures import ratios
from load.bench.latency import added_latency
from load.bench.options import parser
from load.bench.peers import PEERS
from load.bench.rows import ROWS
from load.bench.stage import NotReady, stage, takes_part
from load.bench.telling import Result
from load.bench.turns import measured, token

RECORD = Path(__file__).with_name("ratios.json")
"""Ratios and no absolute figures: those belong to a machine."""


def main(argv: Sequence[str] | None = None) -> int:
    """Exit codes: 0 measured, whatever was found; 2 it cannot be measured here; 130 interrupted."""
    given = parser().parse_args(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return bench(given)
    except (NotReady, subprocess.SubprocessError) as error:
        sys.stderr.write(f"bench: {error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("bench: interrupted; everything is stopped\n")
        return 130


def bench(given: argparse.Namespace) -> int:
    binary = shutil.which("wrk", path=settings.read().path)
    if binary is None:
        raise NotReady("no wrk on PATH, and it makes the calls: install wrk")
    rows = [row for row in ROWS if row.quick or not given.quick]
    rounds = given.rounds or (2 if given.quick else 5)
    busy = psutil.cpu_percent(interval=0.5) / 100
    with tempfile.TemporaryDirectory(prefix="bench-") as made:
        folder = Path(made)
        with stage(folder, frozenset(row.service for row in rows)) as found:
            cells = measured(binary, found, rows, rounds, given.seconds, folder)
            added = added_latency(found, token(), rounds=2 if given.quick else 4)
    result = Result(
        rows=[row.name for row in rows],
        peers=[peer for peer in PEERS if takes_part(peer, found)],
        cells=cells,
        added=added,
        missing=found.missing,
        busy=busy,
        recorded=json.loads(RECORD.read_text()) if RECORD.exists() else {},
    )
    sys.stdout.write("\n".join([*result.lines(), ""]))
    result.write(given.report)
    if given.record:
        RECORD.write_text(json.dumps(ratios(cells), indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
