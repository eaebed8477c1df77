"""`python -m load.applying`: how long a big document holds a gateway while it is applied.

1,000 routes and 5,000 consumers come from a Cloud Gate and through the admin port, as JSON and as
YAML, while one caller asks for an answer of the gateway's own without a pause. The longest of its
waits is the hold. On a busy machine it is long for reasons that are not the gateway's, so the CPU
time that the gateway's loop spent during a wait is shown beside it, and judged.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
import yaml

from load import surroundings
from load.admin import Admin
from load.big_document import big_document
from load.surroundings import Gate, listening
from load.verdict import Finding
from load.wire import read_message, request

LONGEST_HOLD_MS = 100.0
MOST_GROWTH_MIB = 60.0
MOST_ROUNDS = 100
WAYS = ("gate", "json", "yaml")

Send = Callable[[], Awaitable[object]]
Prepare = Callable[[dict[str, object]], Send]


@dataclass(frozen=True, slots=True)
class Applied:
    """One application: the longest waits of the caller beside it, and what it took."""

    way: str
    held_ms: float
    held_cpu_ms: float
    seconds: float
    grown_mib: float


class LoopClock:
    """CPU seconds of a process's first thread, in which its event loop runs."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self._exact = Path(f"/proc/{process.pid}/schedstat")

    def seconds(self) -> float:
        try:
            return int(self._exact.read_text().split()[0]) / 1e9
        except (OSError, ValueError):  # not Linux: coarser, and of all threads
            return float(sum(self._process.cpu_times()[:2]))


class Caller:
    """Asks one gateway for a path that nobody serves, again and again on one connection."""

    def __init__(self, port: int, clock: LoopClock) -> None:
        self._port, self._clock = port, clock
        self.longest_s = self.longest_cpu_s = 0.0

    async def run(self, enough: asyncio.Event) -> None:
        """Ask until it is enough; the last answer is waited for."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        ask = request("GET", "/nobody")
        try:
            while not enough.is_set():
                began, spent = time.perf_counter(), self._clock.seconds()
                writer.write(ask)
                if await read_message(reader) is None:
                    raise ConnectionError("the gateway closed the connection")
                self.longest_cpu_s = max(self.longest_cpu_s, self._clock.seconds() - spent)
                self.longest_s = max(self.longest_s, time.perf_counter() - began)
        finally:
            writer.close()


@dataclass(frozen=True, slots=True)
class Subject:
    """A running gateway, its memory before it served anything, and how it is sent a document."""

    process: psutil.Process
    proxy: int
    empty_mib: float
    ways: dict[str, Prepare]

    async def apply(self, way: str, number: int) -> Applied:
        send = self.ways[way](big_document("http://127.0.0.1:1", number))
        caller = Caller(self.proxy, LoopClock(self.process))
        enough, began = asyncio.Event(), time.perf_counter()
        async with asyncio.TaskGroup() as group:
            group.create_task(caller.run(enough))
            await send()
            enough.set()
        return Applied(
            way,
            round(caller.longest_s * 1000, 1),
            round(caller.longest_cpu_s * 1000, 1),
            round(time.perf_counter() - began, 2),
            round(memory_mib(self.process) - self.empty_mib, 1),
        )


@asynccontextmanager
async def subjects(folder: Path) -> AsyncIterator[dict[str, Subject]]:
    """A gateway behind a gate and one with an open admin port, by way."""
    gate, small = Gate(), folder / "small.json"
    small.write_text('{"_format_version": "3.0"}')
    async with (
        listening(gate) as gate_url,
        surroundings.redis(folder) as redis_url,
        surroundings.gateway(folder, gate_url, redis_url) as (behind, behind_at),
        surroundings.gateway_process("--config", str(small)) as (alone, alone_at),
    ):
        synced, posted = Admin(behind_at["admin"]), Admin(alone_at["admin"])

        def by_gate(sent: dict[str, object]) -> Send:
            ring = gate.prepare(sent)

            async def send() -> None:
                ring()
                await synced.ask(f"/status?wait_version={gate.version}&wait_s=20")

            return send

        def by_json(sent: dict[str, object]) -> Send:
            content = json.dumps(sent).encode()
            return lambda: posted.post("/config", content, "application/json")

        def by_yaml(sent: dict[str, object]) -> Send:
            content = yaml.dump(sent, Dumper=yaml.CSafeDumper).encode()
            return lambda: posted.post("/config", content, "application/yaml")

        first = subject(behind, behind_at, {"gate": by_gate})
        second = subject(alone, alone_at, {"json": by_json, "yaml": by_yaml})
        yield {"gate": first, "json": second, "yaml": second}


def subject(
    child: asyncio.subprocess.Process, addresses: dict[str, str], ways: dict[str, Prepare]
) -> Subject:
    process = psutil.Process(child.pid)
    return Subject(process, port_of(addresses), memory_mib(process), ways)


def memory_mib(process: psutil.Process) -> float:
    return float(process.memory_info().rss / 2**20)


def port_of(addresses: dict[str, str]) -> int:
    return int(addresses["proxy"].rpartition(":")[2])


async def measure(rounds: int) -> list[Applied]:
    with tempfile.TemporaryDirectory(prefix="applying-") as made:
        async with subjects(Path(made)) as found:
            applied = []
            for number in range(rounds):
                for way in WAYS:
                    applied.append(await found[way].apply(way, number))
                    sys.stdout.write(row(applied[-1]))
                    sys.stdout.flush()
            return applied


def row(applied: Applied) -> str:
    return (
        f"{applied.way:5} held {applied.held_ms:7.1f} ms, {applied.held_cpu_ms:6.1f} ms of them"
        f" the gateway's own; applied in {applied.seconds:.2f} s, {applied.grown_mib:+.1f} MiB\n"
    )


def findings(applied: Sequence[Applied]) -> list[Finding]:
    """What was promised, and what was found."""
    longest = max(applied, key=lambda it: it.held_cpu_ms)
    largest = max(applied, key=lambda it: it.grown_mib)
    return [
        Finding(
            f"no request is held longer than {LONGEST_HOLD_MS:g} ms",
            longest.held_cpu_ms <= LONGEST_HOLD_MS,
            f"{longest.held_cpu_ms:g} ms of the gateway's own time ({longest.way}),"
            f" {max(it.held_ms for it in applied):g} ms by the clock",
        ),
        Finding(
            f"memory grows by less than {MOST_GROWTH_MIB:g} MiB",
            largest.grown_mib < MOST_GROWTH_MIB,
            f"{largest.grown_mib:+.1f} MiB ({largest.way})",
        ),
    ]


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(
        prog="applying", description="What a big document costs the traffic beside it."
    )
    found.add_argument("--rounds", type=int, default=5, metavar="N", help="documents by each way")
    found.add_argument("--report", type=Path, metavar="FILE", help="rows and findings as JSON")
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Exit codes: 0 every promise held, 1 one did not, 2 bad arguments, 130 interrupted."""
    given = parser().parse_args(argv)
    if not 0 < given.rounds <= MOST_ROUNDS:
        sys.stderr.write(f"applying: --rounds is from 1 to {MOST_ROUNDS}\n")
        return 2
    try:
        applied = asyncio.run(measure(given.rounds))
    except KeyboardInterrupt:
        sys.stderr.write("applying: interrupted; everything is stopped\n")
        return 130
    judged = findings(applied)
    for it in judged:
        sys.stdout.write(f"{'held  ' if it.held else 'BROKEN'} {it.promise}: {it.figure}\n")
    if given.report is not None:
        report = {
            "applied": [asdict(it) for it in applied],
            "findings": [asdict(it) for it in judged],
        }
        given.report.write_text(json.dumps(report, indent=1) + "\n")
    return 0 if all(it.held for it in judged) else 1


if __name__ == "__main__":
    sys.exit(main())
