"""`python -m load.soak`: mixed load for a while, and whether the gateway stays as it is.

Starts its own gateway, upstream, Redis and gate on loopback, stops by itself, leaves nothing.
"""

import argparse
import asyncio
import json
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from load import surroundings
from load.admin import Admin
from load.surroundings import Gate, Upstream, listening
from load.traffic import Traffic
from load.verdict import End, Finding, Sample, findings

PUBLISH_EVERY_S = 10.0
SETTLE_S = 20.0
LONGEST_MINUTES = 24 * 60
HIGHEST_RATE = 2000


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(
        prog="python -m load.soak",
        description="Mixed load on a gateway of its own: memory has to stay flat, no connection may "
        "be stuck at the end, every event has to be delivered.",
        epilog="Exit codes: 0 every promise held, 1 one did not, 2 bad arguments, 130 interrupted.",
    )
    found.add_argument(
        "--minutes", type=float, default=30.0, metavar="N", help="how long (default 30)"
    )
    found.add_argument("--rate", type=float, default=150.0, metavar="N",
                       help="calls a second (default 150)")  # fmt: skip
    found.add_argument("--every", type=float, default=5.0, metavar="S",
                       help="seconds between two samples (default 5)")  # fmt: skip
    found.add_argument(
        "--seed", type=int, default=1, metavar="N", help="which calls are made (default 1)"
    )
    found.add_argument("--report", type=Path, metavar="FILE", help="samples and findings as JSON")
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Exit codes: 0 every promise held, 1 one did not, 2 bad arguments, 130 interrupted."""
    given = parser().parse_args(argv)
    if not 0 < given.minutes <= LONGEST_MINUTES or not 0 < given.rate <= HIGHEST_RATE:
        sys.stderr.write(f"soak: at most {LONGEST_MINUTES} minutes and {HIGHEST_RATE} calls/s\n")
        return 2
    try:
        return asyncio.run(soak(given))
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.stderr.write("soak: interrupted; everything is stopped\n")
        return 130


async def soak(given: argparse.Namespace) -> int:
    task = asyncio.current_task()
    assert task is not None, "run by asyncio.run"
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with AsyncExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="soak-")))
        gate = Gate()
        upstream = await held.enter_async_context(listening(Upstream()))
        gate_url = await held.enter_async_context(listening(gate))
        redis_url = await held.enter_async_context(surroundings.redis(folder))
        gate.publish(surroundings.document(upstream, 0))
        child, addresses = await held.enter_async_context(
            surroundings.gateway(folder, gate_url, redis_url)
        )
        admin = Admin(addresses["admin"])
        await admin.ask("/status?wait_version=1&wait_s=10")
        traffic = Traffic(urlsplit(addresses["proxy"]).port or 0, given.seed)
        probe = Probe(psutil.Process(child.pid), admin, traffic)
        samples = await drive(given, probe, traffic, gate, upstream)
        await traffic.end()
        end = await settled(admin, traffic, gate)
    return tell(given, samples, findings(samples, end), traffic)


class Probe:
    """Takes samples. The lag is how long the gateway takes for a question that costs nothing."""

    def __init__(self, process: psutil.Process, admin: Admin, traffic: Traffic) -> None:
        self._process, self._admin, self._traffic = process, admin, traffic
        self._began = time.monotonic()

    async def sample(self) -> Sample:
        asked = time.perf_counter()
        await self._admin.ask("/status/ready")
        lag_s = time.perf_counter() - asked
        status = await self._admin.ask("/status")
        reports = status["reports"]
        return Sample(
            at_s=round(time.monotonic() - self._began, 1),
            rss_mib=round(self._process.memory_info().rss / 2**20, 2),
            files=self._process.num_fds(),
            connections=open_connections(status),
            in_flight=status["in_flight"],
            lag_ms=round(lag_s * 1000, 2),
            calls=sum(self._traffic.calls.values()),
            **{name: reports[name] for name in ("produced", "delivered", "queued", "dropped")},
        )


async def drive(
    given: argparse.Namespace, probe: Probe, traffic: Traffic, gate: Gate, upstream: str
) -> list[Sample]:
    """Load, samples and publications beside each other until the time is over."""
    samples: list[Sample] = []
    seconds, published = given.minutes * 60, 0

    async def take() -> None:
        samples.append(await probe.sample())
        sys.stdout.write(row(samples[-1], header=len(samples) % 20 == 1))
        sys.stdout.flush()

    async def publish() -> None:
        nonlocal published
        published += 1
        gate.publish(surroundings.document(upstream, published))

    async with asyncio.TaskGroup() as group:
        beside = [
            group.create_task(every(given.every, take)),
            group.create_task(every(PUBLISH_EVERY_S, publish)),
        ]
        await group.create_task(traffic.run(given.rate, seconds))
        for task in beside:
            task.cancel()
    return samples


async def every(seconds: float, do: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        await do()


async def settled(admin: Admin, traffic: Traffic, gate: Gate) -> End:
    """How things stand when nothing moves any more, or after a while all the same."""
    deadline = time.monotonic() + SETTLE_S
    while True:
        status = await admin.ask("/status")
        reports = status["reports"]
        quiet = not (open_connections(status) or status["in_flight"] or reports["queued"])
        if quiet or time.monotonic() > deadline:
            break
        await asyncio.sleep(0.1)
    return End(
        connections=open_connections(status),
        in_flight=status["in_flight"],
        requests=status["requests"],
        produced=reports["produced"],
        delivered=reports["delivered"],
        dropped=reports["dropped"],
        queued=reports["queued"],
        events_at_gate=len(gate.events),
        unexpected=dict(traffic.unexpected),
    )


def open_connections(status: dict[str, Any]) -> int:
    return int(status["connections"]["open"])


COLUMNS = ("at_s", "rss_mib", "files", "connections", "in_flight", "lag_ms", "calls", "produced",
           "delivered", "queued", "dropped")  # fmt: skip


def row(sample: Sample, header: bool) -> str:
    values = asdict(sample)
    line = " ".join(f"{values[name]:>11}" for name in COLUMNS) + "\n"
    return (" ".join(f"{name:>11}" for name in COLUMNS) + "\n" if header else "") + line


def tell(
    given: argparse.Namespace, samples: list[Sample], found: list[Finding], traffic: Traffic
) -> int:
    """Print what was found, write the report; the exit code."""
    lines = [f"calls: {', '.join(f'{count} {kind}' for kind, count in traffic.calls.items())}"]
    lines += [f"{'held  ' if it.held else 'BROKEN'} {it.promise}: {it.figure}" for it in found]
    sys.stdout.write("\n".join([*lines, ""]))
    if given.report is not None:
        report = {
            "minutes": given.minutes,
            "rate": given.rate,
            "seed": given.seed,
            "calls": dict(traffic.calls),
            "samples": [asdict(it) for it in samples],
            "findings": [asdict(it) for it in found],
        }
        given.report.write_text(json.dumps(report, indent=1) + "\n")
    return 0 if all(it.held for it in found) else 1


if __name__ == "__main__":
    sys.exit(main())
