"""A small file with the verdict and time of every scenario in the last runs, for who keeps one.

From it come times to expect, last known verdicts, and which scenarios are flaky. It holds at most
50 runs and 4 MiB: the oldest go first. Runs that died or were interrupted are not remembered.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from harness.report import lines
from harness.report.run import NOT_RUN, Run
from harness.verdicts import Exit, Verdict

KEPT_RUNS = 50
KEPT_BYTES = 4 * 1024 * 1024
_FAILED = frozenset({str(Verdict.BROKEN), str(Verdict.UNKNOWN)})
_TURNS = 3


class BrokenHistory(Exception):
    """The file is no history. The text is one line."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """One run: what it ran on, and verdict and seconds by scenario id."""

    run: str
    at: float
    gateway: str
    environment: str
    commit: str
    verdicts: Mapping[str, tuple[str, float]]


@dataclass(frozen=True, slots=True)
class History:
    """Shape: runs in the order of time, oldest first."""

    runs: tuple[Remembered, ...] = ()

    def with_run(self, run: Run) -> "History":
        """Add a run, or leave everything as it is for one that says nothing about promises."""
        known = {one.run for one in self.runs}
        if not run.id or run.id in known or not run.finished or run.exit not in _TELLING:
            return self
        runs = sorted((*self.runs, _remembered(run)), key=lambda one: one.at)
        return History(tuple(runs[-KEPT_RUNS:]))

    def like(self, gateway: str, environment: str) -> "History":
        """Leave the runs of one gateway in one environment: others say little about it."""
        found = (o for o in self.runs if (o.gateway, o.environment) == (gateway, environment))
        return History(tuple(found))

    def expected_s(self) -> dict[str, float]:
        """Return how long each scenario takes: the median of what was measured."""
        times: dict[str, list[float]] = {}
        for run in self.runs:
            for name, (_, took) in run.verdicts.items():
                times.setdefault(name, []).append(took)
        return {name: median(found) for name, found in times.items()}

    def last(self) -> dict[str, tuple[str, float, Remembered]]:
        """Return the last known verdict of each scenario, its seconds, and the run it is from."""
        return {
            name: (verdict, took, run)
            for run in self.runs
            for name, (verdict, took) in run.verdicts.items()
        }

    def flaky(self) -> dict[str, str]:
        """Return the scenarios that come and go without a reason, each with why it is said so.

        Flaky is what was both proved and failed at one commit without changes, or what turned
        three times and more; one break and one fix is not.
        """
        found = {}
        for name in {name for run in self.runs for name in run.verdicts}:
            seen = [(run, run.verdicts[name][0]) for run in self.runs if name in run.verdicts]
            if reason := _unsteady(seen):
                found[name] = reason
        return found


_TELLING = frozenset({int(Exit.PROVED), int(Exit.BROKEN)})


def _remembered(run: Run) -> Remembered:
    return Remembered(
        run=run.id,
        at=run.began or 0.0,
        gateway=run.gateway,
        environment=run.environment,
        commit=run.commit + ("+" if run.dirty else ""),
        verdicts={
            one.id: (one.verdict, round(one.took_s or 0.0, 3))
            for one in run.scenarios
            if one.verdict != NOT_RUN
        },
    )


def _unsteady(seen: list[tuple[Remembered, str]]) -> str:
    told = [(run, verdict in _FAILED) for run, verdict in seen if verdict in _FAILED | _PROVED]
    failures = sum(failed for _, failed in told)
    by_commit: dict[str, set[bool]] = {}
    for run, failed in told:
        if run.commit and not run.commit.endswith("+"):
            by_commit.setdefault(run.commit, set()).add(failed)
    if any(len(both) == 2 for both in by_commit.values()):
        return f"failed in {failures} of {len(told)} runs, also where nothing had changed"
    turns = sum(a[1] != b[1] for a, b in pairwise(told))
    return f"failed in {failures} of {len(told)} runs, on and off" if turns >= _TURNS else ""


_PROVED = frozenset({str(Verdict.PROVED)})


def flaky_in(path: Path, run: Run) -> dict[str, str]:
    """Return what is flaky by a history file, judged by runs of the same gateway and environment."""
    try:
        return read(path).like(run.gateway, run.environment).flaky()
    except BrokenHistory:
        return {}


# --- the file ---------------------------------------------------------------------------------


def read(path: Path) -> History:
    """Read a history; one that is not there is empty. Errors: BrokenHistory."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return History()
    except OSError as error:
        raise BrokenHistory(f"history {path} cannot be read: {error.strerror}") from None
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict) or value.get("kind") != "gateproof-history":
        raise BrokenHistory(f"{path} is no history of runs; give another file, or remove it")
    return History(tuple(_run(one) for one in lines.records(value, "runs")))


def _run(record: lines.Record) -> Remembered:
    return Remembered(
        run=lines.text(record, "run"),
        at=lines.number(record, "at") or 0.0,
        gateway=lines.text(record, "gateway"),
        environment=lines.text(record, "environment"),
        commit=lines.text(record, "commit"),
        verdicts=dict(_verdicts(lines.inner(record, "verdicts"))),
    )


def _verdicts(found: lines.Record) -> Iterator[tuple[str, tuple[str, float]]]:
    for name, value in found.items():
        match value:
            case [str(verdict), int(took) | float(took)]:
                yield name, (verdict, float(took))


def remember(run: Run, path: Path) -> None:
    """Add a run to the file, which appears if it is not there; two runs may do so at once.

    Errors: BrokenHistory, OSError. A history that is no history is left as it is.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        content = encoded(read(path).with_run(run))
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_bytes(content)
        os.replace(fresh, path)


def encoded(history: History) -> bytes:
    """Draw the file; the oldest runs are left out until it is small enough."""
    runs = list(history.runs)
    while len(content := _drawn(runs)) > KEPT_BYTES and len(runs) > 1:
        runs = runs[len(runs) // 10 + 1 :]
    return content


def _drawn(runs: list[Remembered]) -> bytes:
    value: dict[str, Any] = {
        "kind": "gateproof-history",
        "runs": [
            {
                "run": one.run,
                "at": one.at,
                "gateway": one.gateway,
                "environment": one.environment,
                "commit": one.commit,
                "verdicts": one.verdicts,
            }
            for one in runs
        ],
    }
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"
