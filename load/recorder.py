"""What recording costs: `python -m load.recorder [RUN]`. Figures, no verdict: machines differ.

Two questions. How large is run.ndjson after 10,000 calls, with bodies as scenarios have them and with
the largest? And how much of a run's time goes into recording: every record of a run (a folder with
its run.ndjson) is masked, packed, sent and written again, and set against the time the run took. All
of it counts as if nothing went on beside it, so the share is an upper bound.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from harness.masking import Mask
from harness.report import lines, recording
from harness.scenario.exchange import Exchange
from harness.settings import ROOT
from harness.specification.catalogue import feature_files
from harness.warden.journal import Journal
from harness.warden.wire import pack, unpack

CALLS = 10_000
BOUND_MIB = 50
_MASK = Mask(bytes(16), tuple(f"a secret of some length, number {n}" for n in range(6)))
_TOKEN = "eyJhbGciOiJIUzI1NiJ9." + "eyJ1c2VySWQiOjF9" * 12 + ".c2lnbmF0dXJl"


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(prog="python -m load.recorder", description=__doc__)
    found.add_argument("run", nargs="?", type=Path, help="a report folder, such as report")
    return found


def main(argv: Sequence[str] | None = None) -> int:
    options = parser().parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        for words, size in (("usual bodies", 500), ("bodies of 20 kB", 20_000)):
            took, mib = _written(Path(folder) / "run.ndjson", size)
            _say(
                f"{CALLS} calls, {words}: {mib:.1f} MiB (bound {BOUND_MIB}), "
                f"{took / CALLS * 1e6:.0f} us a call"
            )
        if options.run is not None:
            _say(_replayed(options.run, Path(folder) / "again.ndjson"))
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _written(path: Path, body: int) -> tuple[float, float]:
    """Record calls with all that comes of them. Returns CPU seconds and MiB."""
    began = time.process_time()
    journal = Journal(path)
    for number in range(CALLS):
        for record in _of_one_call(number, body):
            journal.take(unpack(pack(record)))
        marker = f"k3f9.s1-k3f9.gw0-{number}"
        journal.note("event", rig="shared", index="index-eu", event=_MASK.plain(_event(marker)))
        journal.note("log", rig="shared", part="eu-1", marker=marker, line=_access(marker))
    journal.close()
    return time.process_time() - began, path.stat().st_size / 2**20


def _of_one_call(number: int, body: int) -> Iterator[dict[str, Any]]:
    marker = f"k3f9.s1-k3f9.gw0-{number}"
    headers = (
        ("Host", "s1-k3f9.gateway.test"), ("Authorization", f"Bearer {_TOKEN}"),
        ("X-Gateproof-Marker", marker), ("Content-Type", "application/json"),
    )  # fmt: skip
    exchange = Exchange(
        marker, "eu-1", "POST", "http://127.0.0.1:40000/echo", "s1-k3f9.gateway.test", headers,
        "x" * body, 1e9, 1e9, 1e9, 200, headers, "y" * body,
    )  # fmt: skip
    yield exchange.record("s1-k3f9", "shared", 'Acme calls "/echo" 5 times', _MASK)
    head = "POST / HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers)
    yield {
        "kind": "arrival", "rig": "shared", "service": "upstream", "method": "POST", "path": "/",
        "headers": _MASK.headers(headers), "marker": marker, "function": None, "body_bytes": body,
        "body": _MASK.text("x" * min(body, 4096)), "status": 200, "seq": number, "trailers": [],
        "head": _MASK.head(head),
    }  # fmt: skip


def _event(marker: str) -> dict[str, Any]:
    names = ("gateway", "org-id", "env-id", "request-id", "api-id", "application-id", "host", "uri",
             "path-info", "user-agent", "api-name", "route-name", "endpoint", "remote-address")  # fmt: skip
    return {"_id": marker, "transaction-id": marker, "status": 200,
            **dict.fromkeys(names, "a value as long as most"), "gateway-response-time-ms": 1.025}  # fmt: skip


def _access(marker: str) -> dict[str, Any]:
    return {"at": 1e9, "level": "info", "message": "request", "request_id": "5b" * 16,
            "transaction": marker, "method": "POST", "path": "/echo", "status": 200, "ms": 1.025,
            "consumer": "acme-s1-k3f9", "route": "echo-s1-k3f9",
            "upstream": "http://127.0.0.1:40000/", "refusal": None}  # fmt: skip


def _replayed(run: Path, path: Path) -> str:
    """Record a run once more and say what share of its time that is."""
    records = lines.read_lines(lines.file_of(run)).records
    times = [record["at"] for record in records if isinstance(record.get("at"), float)]
    took = max(times) - min(times)
    kinds = Counter(str(record["kind"]) for record in records)
    began = time.process_time()
    recording.specification(feature_files([ROOT / "features"]), (), ROOT)
    journal = Journal(path)
    for record in records:
        journal.take(unpack(pack(_MASK.plain(record))))
    journal.close()
    spent = time.process_time() - began
    return (
        f"{len(records)} records of {kinds['call']} calls: {spent:.2f} CPU seconds, "
        f"{100 * spent / took:.1f} % of the {took:.1f} s that the run took"
    )


if __name__ == "__main__":
    sys.exit(main())
