"""`make load`: people's journeys through the multi-cloud, driven by Locust, and what became of each call.

A closed model: everybody waits for an answer before going on. For latencies at a fixed rate, look at
`make bench`; this shows how the whole holds together under people.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from harness import topology
from harness.commands.demo import DEMO, where_up
from harness.settings import ROOT
from harness.warden.client import WardenClient
from harness.warden.launch import fresh_run_id, launch
from harness.warden.wire import EnvironmentDied, Refused, WardenLost
from load.locust_home import NoLocust, locust
from load.tally import Tally, counted

_PARTS = frozenset({"users", "orders", "auth", "redis", "kafka", "ingest", "gate-eu", "eu-1"})
_INDEXED_WITHIN_S = 20
_ENDED_WITHIN_S = 60


@dataclass(frozen=True, slots=True)
class Place:
    """Where the journeys go. Shape: index is the URL of the account's index at ingest."""

    gateway: str
    index: str


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(
        prog="make load",
        description="People's journeys through the multi-cloud, driven by Locust.",
        epilog="What follows -- goes to Locust as it is, such as: -- --master --expect-workers 2",
    )
    found.add_argument("--people", type=int, default=30, metavar="N", help="how many at once (30)")
    found.add_argument("--seconds", type=int, default=30, metavar="N", help="for how long (30)")
    found.add_argument(
        "--pause", type=float, default=0.2, metavar="S",
        help="what a person waits between two calls, on average (0.2)",
    )  # fmt: skip
    found.add_argument(
        "--budget", type=int, default=200, metavar="N",
        help="times the demo's plans of 3 and 10 calls a minute (200); 1 shows mostly refusals",
    )  # fmt: skip
    found.add_argument("--processes", type=int, default=1, metavar="N", help="of Locust (1)")
    found.add_argument(
        "--page", action="store_true", help="Locust's own page instead, until Ctrl-C"
    )
    found.add_argument(
        "--report", type=Path, default=ROOT / "report" / "load", metavar="DIR",
        help="for load.json and Locust's own locust.html",
    )  # fmt: skip
    found.add_argument("locust", nargs="*", metavar="-- OPTION", help="for Locust")
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Returns 0 when every call was answered as promised and is in the index, 1 when not, 2 for bad
    input, 3 when the multi-cloud or Locust does not come up, 130 when interrupted."""
    given = parser().parse_args(argv)
    if min(given.people, given.seconds, given.processes, given.budget) < 1 or given.pause < 0:
        sys.stderr.write("load: people, seconds, processes and budget start at 1, the pause at 0\n")
        return 2
    try:
        command = locust()
        with _place(given.budget) as place:
            tally = _drive(command, given, place)
    except (NoLocust, WardenLost, Refused, EnvironmentDied) as error:
        sys.stderr.write(f"load: {error}\n")
        return 3
    except KeyboardInterrupt:
        sys.stderr.write("load: interrupted; everything is stopped\n")
        return 130
    return _tell(tally, given.report)


@contextmanager
def _place(budget: int) -> Iterator[Place]:
    """What `make up` left running, else a multi-cloud of one's own that ends with us."""
    running = where_up()
    if running is not None:
        sys.stdout.write(f"load: on what is up (run {running['run']}), with its own plans\n")
        index = f"{running['index']}/indices/{running['indices']['eu']}"
        yield Place(running["gateway"], index)
        return
    with tempfile.TemporaryDirectory(prefix="gateproof-load-") as folder:
        warden = launch(
            run=fresh_run_id(), environment="embedded", journal=Path(folder) / "run.ndjson"
        )
        try:
            client = WardenClient(warden.socket, "runner")
            facts = client.call(
                "plan", digest="load", document=_document(budget), scripts={}, suffixes=[],
                parts=sorted(topology.with_needs(_PARTS)),
            )  # fmt: skip
            at = facts["addresses"]
            index = f"{at['ingest.url']}/indices/{facts['identities']['eu']['index']}"
            yield Place(at["eu-1.proxy"], index)
            client.call("end")
            client.close()
        finally:
            warden.process.terminate()
            warden.wait_for_end()


def _document(budget: int) -> Any:
    """The demo's document, with plans this many times as large."""
    document = yaml.safe_load(DEMO.read_text())
    for service in document["services"]:
        for plugin in service["plugins"]:
            if plugin["name"] == "rate-limiting":
                plugin["config"]["minute"] *= budget
    return document


def _drive(command: Path, given: argparse.Namespace, place: Place) -> Tally:
    before = _indexed(place, 0)
    given.report.mkdir(parents=True, exist_ok=True)
    stats = given.report / "locust.json"
    argv = [
        str(command), "-f", str(ROOT / "load" / "locustfile.py"), "--host", place.gateway,
        "--users", str(given.people), "--spawn-rate", str(given.people),
        "--pause", str(given.pause), "--exit-code-on-error", "0",
        *(["--processes", str(given.processes)] if given.processes > 1 else []),
    ]  # fmt: skip
    if not given.page:
        argv += [
            "--headless", "--run-time", f"{given.seconds}s", "--stop-timeout", "10",
            "--only-summary", "--loglevel", "WARNING",
            "--json-file", str(stats.with_suffix("")), "--html", str(stats.with_suffix(".html")),
        ]  # fmt: skip
    process = subprocess.Popen([*argv, *given.locust], cwd=given.report, stdout=subprocess.DEVNULL)
    try:
        process.wait(None if given.page else given.seconds + _ENDED_WITHIN_S)
    except (KeyboardInterrupt, subprocess.TimeoutExpired):
        process.terminate()
        process.wait(20)
        if not given.page:
            raise
    if given.page or not stats.exists():
        raise Refused("Locust left no statistics; with its own page they are on the page")
    rows = json.loads(stats.read_text())
    offered = round(given.people * given.seconds / max(given.pause, 0.001))
    tally = counted(rows, offered, 0)
    arrived = _indexed(place, before + tally.answered) - before
    return counted(rows, offered, arrived)


def _indexed(place: Place, at_least: int) -> int:
    query = {"at_least": at_least, "wait_s": _INDEXED_WITHIN_S}
    answer = httpx.get(
        f"{place.index}/count", params=query, trust_env=False, timeout=_INDEXED_WITHIN_S + 5
    )
    return int(answer.json()["count"])


def _tell(tally: Tally, report: Path) -> int:
    sys.stdout.write("\n".join([*tally.lines(), *(f"NOT SO: {it}" for it in tally.complaints), ""]))
    (report / "load.json").write_text(json.dumps(asdict(tally), indent=1) + "\n")
    sys.stdout.write(f"results in {report} (locust.html is Locust's own)\n")
    return 1 if tally.complaints else 0


if __name__ == "__main__":
    sys.exit(main())
