"""Rounds: everybody has a turn, then everybody again, so that what disturbs one disturbs all."""

import sys
import time
from pathlib import Path

from load import surroundings
from load.bench import wrk
from load.bench.figures import Cell, Cells
from load.bench.peers import PEERS
from load.bench.peers.contract import KEY, SECRET
from load.bench.rows import Row
from load.bench.stage import Running, Stage


def token() -> str:
    return surroundings.token(SECRET, kid=KEY, exp=int(time.time()) + 24 * 3600)


def measured(
    binary: str, found: Stage, rows: list[Row], rounds: int, seconds: int, folder: Path
) -> Cells:
    """Every row, peer after peer, as many rounds as asked; the first one warms up."""
    cells: Cells = {}
    bearer = token()
    for number in range(rounds + 1):
        for row in rows:
            for peer in PEERS:
                running = found.running.get((peer.name, row.service))
                if running is None or row.path in peer.lacks:
                    continue
                cell = cells.setdefault((row.name, peer.name), Cell())
                kept = cell if number else Cell()
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
