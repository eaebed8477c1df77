"""`python -m load.analytics`: whether every answer becomes a delivered event at a high rate.

The gateway, its upstream and its gate run beside the generator. wrk costs them least, so it is
taken where it is there, at a steady rate that is looked at; else an open model of our own, which
says what it could not send in time.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness import settings
from load import surroundings
from load.admin import Admin
from load.bench import open_model, paced
from load.bench.open_model import Latencies
from load.bench.paced import Paced
from load.bench.peers import nginx
from load.bench.peers.contract import SECRET, Site
from load.bench.peers.gateway import document
from load.bench.stage import NotReady, serving
from load.verdict import Finding
from load.wire import request

HIGHEST_RATE, LONGEST_S = 50_000.0, 3600.0
SETTLE_S = 30.0


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(
        prog="analytics", description="Every answer an event, delivered, at a high rate."
    )
    add = found.add_argument
    add("--rate", type=float, default=5000.0, metavar="N", help="calls a second (5000)")
    add("--seconds", type=float, default=60.0, metavar="S", help="for so long (60)")
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Exit codes: 0 every promise held, 1 one did not, 2 it cannot be measured, 130 interrupted."""
    given = parser().parse_args(argv)
    if not 0 < given.rate <= HIGHEST_RATE or not 0 < given.seconds <= LONGEST_S:
        sys.stderr.write(f"analytics: at most {HIGHEST_RATE:g} calls/s, for {LONGEST_S:g} s\n")
        return 2
    try:
        called, reports = asyncio.run(measure(given.rate, given.seconds))
    except NotReady as error:
        sys.stderr.write(f"analytics: {error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("analytics: interrupted; everything is stopped\n")
        return 130
    judged = findings(called, reports)
    void = f"; {called.void}" if called.void else ""
    sys.stdout.write(f"{told(called)} in {given.seconds:g} s{void}\n")
    for it in judged:
        sys.stdout.write(f"{'held  ' if it.held else 'BROKEN'} {it.promise}: {it.figure}\n")
    return 0 if all(it.held for it in judged) else 1


def told(called: Latencies | Paced) -> str:
    """Say who called, and what came of it."""
    if isinstance(called, Paced):
        of_wrk = f"wrk at {called.load:.0%} of a CPU"
        return f"{called.answered} calls answered, {called.rate:.0f} a second ({of_wrk})"
    answered = f"{len(called.calls)} calls answered, {called.failed} were not"
    return f"{answered}; p50 {called.at(0.5) * 1000:.1f} ms (our own open model)"


async def measure(rate: float, seconds: float) -> tuple[Latencies | Paced, dict[str, Any]]:
    """Drive a gateway that reports, and let it deliver what is left."""
    with tempfile.TemporaryDirectory(prefix="analytics-") as made:
        folder = Path(made)
        site = Site(folder, settings.read().path, 0, "unix:///nowhere", "")
        if site.binary("nginx") is None:
            raise NotReady("no nginx on PATH, and it is upstream and gate: install nginx")
        with serving(nginx.upstream(site), folder, "upstream") as upstream:
            served, token = folder / "gateway.json", folder / "cloud.token"
            site = Site(folder, "", upstream.port, "", "")
            served.write_text(json.dumps(document(site)))
            token.touch(mode=0o600)
            claims = {"org": "load", "envs": ["load"], "cpg": "eu", "idx": "load"}
            token.write_text(surroundings.token(SECRET, **claims))
            arguments = (
                "--config", str(served), "--cloud-token", str(token), "--log-level", "warning",
                "--reports", f"http://127.0.0.1:{upstream.port}/reports",
                "--state", str(folder / "state"), "--redis", "unix:///nowhere",
            )  # fmt: skip
            async with surroundings.gateway_process(*arguments) as (_, addresses):
                called = await asyncio.to_thread(call, addresses["proxy"], rate, seconds, folder)
                return called, await delivered(Admin(addresses["admin"]))


def call(proxy: str, rate: float, seconds: float, folder: Path) -> Latencies | Paced:
    """Call with wrk, or by ourselves. Errors: NotReady when wrk fails."""
    if (wrk := Site(folder, settings.read().path, 0, "", "").binary("wrk")) is None:
        port = int(proxy.rpartition(":")[2])
        return open_model.measure(port, request("GET", "/route"), rate, seconds, paced.CONNECTIONS)
    try:
        return paced.measure(wrk, f"{proxy}/route", rate, seconds, folder)
    except subprocess.SubprocessError as error:
        raise NotReady(f"wrk did not run: {error}") from error


async def delivered(admin: Admin) -> dict[str, Any]:
    """The tally when nothing is queued any more, or after a while all the same."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + SETTLE_S
    while True:
        reports: dict[str, Any] = (await admin.ask("/status"))["reports"]
        if not reports["queued"] or loop.time() > deadline:
            return reports
        await asyncio.sleep(0.1)


def findings(called: Latencies | Paced, reports: dict[str, Any]) -> list[Finding]:
    produced, dropped = reports["produced"], reports["dropped"]
    accounted = reports["delivered"] + dropped + reports["queued"]
    tally = f"{produced} produced = {reports['delivered']} delivered + {dropped} dropped"
    # What the generator gave up on, or did not wait for, may have been answered all the same.
    if isinstance(called, Paced):
        answered, perhaps, short = called.answered, called.errors + called.under_way, called.void
    else:
        answered, perhaps = len(called.calls), called.failed
        short = f"{called.failed} were not" if called.failed else None
    one_each = answered <= produced <= answered + perhaps
    return [
        Finding("every call that was due was made and answered", not short, short or f"{answered}"),
        Finding("every answer is one event", one_each, f"{produced} events"),
        Finding("every event is accounted for", produced == accounted, tally),
        Finding("no event is dropped", dropped == reports["queued"] == 0, f"{dropped} dropped"),
    ]


if __name__ == "__main__":
    sys.exit(main())
