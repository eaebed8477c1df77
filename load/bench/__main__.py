"""`make bench`: CPU per request next to other gateways, added latency, and what has become dearer."""

import argparse
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from harness import settings
from load import surroundings
from load.bench import wrk
from load.bench.chart import chart
from load.bench.figures import Cell, Cells, findings, ratios, table
from load.bench.latency import Added, added_latency
from load.bench.peers import PEERS
from load.bench.peers.contract import KEY, SECRET
from load.bench.rows import ROWS, Row
from load.bench.stage import NotReady, Running, Stage, stage, takes_part

RECORD = Path(__file__).with_name("ratios.json")
BUSY = 0.25


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(
        prog="bench", description="CPU per request and added latency next to other gateways."
    )
    add = found.add_argument
    add("--quick", action="store_true", help="fewer rows and rounds, under a minute")
    add("--rounds", type=int, metavar="N", help="how often everybody has a turn (5; quick: 2)")
    add("--seconds", type=int, default=1, metavar="S", help="one turn (1)")
    add("--report", type=Path, default=Path("report/bench"), metavar="DIR",
        help="for bench.json and bench.svg (report/bench)")  # fmt: skip
    add("--record", action="store_true", help="remember the ratios: later runs are judged by them")
    return found


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
    return tell(given, rows, found, cells, added, busy)


def token() -> str:
    return surroundings.token(SECRET, kid=KEY, exp=int(time.time()) + 24 * 3600)


def measured(
    binary: str, found: Stage, rows: list[Row], rounds: int, seconds: int, folder: Path
) -> Cells:
    """Everybody has a turn, then everybody again: what disturbs the machine disturbs all alike."""
    cells: Cells = {}
    bearer = token()
    for number in range(rounds + 1):
        for row in rows:
            for peer in PEERS:
                running = found.running.get((peer.name, row.service))
                if running is None or row.path in peer.lacks:
                    continue
                cell = cells.setdefault((row.name, peer.name), Cell())
                kept = cell if number else Cell()  # the first round warms up
                one_turn(binary, found, row, running, bearer, seconds, folder, kept)
        progress(number, rounds)
    return cells


def one_turn(
    binary: str, found: Stage, row: Row, running: Running, bearer: str, seconds: int,
    folder: Path, cell: Cell,
) -> None:  # fmt: skip
    spent, counted = running.cpu_s(), found.redis.cpu_s()
    ran = wrk.run(binary, running.port, row, bearer, seconds, folder)
    void = ran.void(row)
    if void is not None:
        cell.voids.append(void)
        return
    cell.us.append((running.cpu_s() - spent) / ran.requests * 1e6)
    cell.redis_us.append((found.redis.cpu_s() - counted) / ran.requests * 1e6)
    cell.rate.append(ran.requests / seconds)


def progress(number: int, rounds: int) -> None:
    if sys.stdout.isatty():
        sys.stdout.write(
            f"\rround {number} of {rounds}" if number < rounds else "\r" + " " * 20 + "\r"
        )
        sys.stdout.flush()


def tell(
    given: argparse.Namespace, rows: list[Row], found: Stage, cells: Cells, added: list[Added],
    busy: float,
) -> int:  # fmt: skip
    names = [peer.name for peer in PEERS if takes_part(peer, found)]
    recorded = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    now = ratios(cells)
    said = findings(now, recorded)
    lines = [*table(cells, [row.name for row in rows], names), ""]
    lines += [f"{peer.name}: {peer.note}" for peer in PEERS if takes_part(peer, found)]
    lines += [str(it) for it in added]
    lines += [
        f"void: {row}, {peer}: {why}"
        for (row, peer), it in cells.items()
        for why in sorted(set(it.voids))
    ]
    lines += [f"missing: {line}" for line in found.missing]
    if busy > BUSY:
        lines.append(
            f"busy: others used {busy:.0%} of this machine when the run began; latencies say little"
        )
    lines += [f"finding: {line}" for line in said]
    lines.append(
        f"{len(now)} rows compared, {len(found.missing)} peers missing, {len(said)} findings"
    )
    sys.stdout.write("\n".join([*lines, ""]))
    given.report.mkdir(parents=True, exist_ok=True)
    (given.report / "bench.svg").write_text(chart(now))
    (given.report / "bench.json").write_text(
        json.dumps(
            {
                "ratios": now,
                "us": {f"{row} | {peer}": it.us for (row, peer), it in cells.items()},
                "redis_us": {f"{row} | {peer}": it.redis_us for (row, peer), it in cells.items()},
                "voids": {
                    f"{row} | {peer}": it.voids for (row, peer), it in cells.items() if it.voids
                },
                "latency": [it.fields() for it in added],
                "missing": found.missing,
                "busy": busy,
                "findings": said,
            },
            indent=1,
        )
        + "\n"
    )
    if given.record:
        RECORD.write_text(json.dumps(now, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
