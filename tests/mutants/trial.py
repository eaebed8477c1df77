"""Tries one bug: a copy, the patch, the scenario that must notice, and a control that must not."""

import json
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.settings import ROOT
from tests.mutants import copy, forks, warm
from tests.mutants.bug import HARNESS, Bug
from tests.mutants.outcome import Outcome, Tried, judged

CONTROL = "features/routing/choosing.feature::The header that the route wants"
"""Proved whatever the bug is, unless the patch names another control or breaks too much."""

LIMIT_S, FULL_LIMIT_S = 120, 900
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


def tried(bug: Bug, folder: Path, *, full: bool = False) -> Tried:
    """Try a bug on a copy of its own; with `full`, against every scenario.

    Shape:  the folder is for this trial alone; output goes to its `forks.SAID`. The process is
            of no use for anything else afterwards.
    Errors: none; whatever goes wrong is an outcome.
    """
    began = time.monotonic()
    try:
        where = copy.of_the_tree(bug, folder / "copy")
        copy.planted_in(bug, where)
    except copy.DoesNotApply as error:
        return Tried(bug, Outcome.STALE, found=str(error))
    attempt = _tested if bug.kind == HARNESS else _proved
    found = attempt(bug, where, folder, full)
    return replace(found, full=full, took_s=round(time.monotonic() - began, 2))


def sound(tests: Sequence[str], folder: Path) -> str:
    """Run the tests that must fail for bugs in the harness without any: returns why they do not hold.

    A test that fails in a fork whatever is planted would catch everything.
    """
    code = tests_in(ROOT, sorted(set(tests)))
    return "" if code == 0 else f"fails with nothing planted: {forks.last_line(folder)}"


def _proved(bug: Bug, where: Path, folder: Path, full: bool) -> Tried:
    control = bug.control or CONTROL
    selected = ["features"] if full else [bug.noticed_by, control]
    pytest.main(warm.arguments(selected, where, folder / "report"))
    verdicts, death = _verdicts(folder / "report" / "run.ndjson")
    if not verdicts and not death:
        death = forks.last_line(folder)
    return judged(replace(bug, control=control), verdicts, 0.0, death)


def _tested(bug: Bug, where: Path, folder: Path, full: bool) -> Tried:
    """Run the test that must fail, in the copy, by the copy's own harness."""
    code = tests_in(where, ["tests"] if full else [bug.noticed_by])
    said = forks.said(folder)
    failed = _FAILED.findall(said)
    noticed = any(one.startswith(bug.noticed_by) for one in failed)
    first = next((line[4:] for line in said.splitlines() if line.startswith("E   ")), "")
    outcome = Outcome.CAUGHT if noticed and code == 1 else Outcome.INCONCLUSIVE
    if code == 0:
        outcome = Outcome.SURVIVED
    also = tuple(sorted({one for one in failed if not one.startswith(bug.noticed_by)}))
    found = first.strip() or forks.last_line(folder)
    return Tried(bug, outcome, promise=bug.promise, found=found, also=also)


def tests_in(where: Path, names: Sequence[str]) -> int:
    """Run tests of another tree with its own modules, and return pytest's exit code."""
    words = ["-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--no-header"]
    with warm.in_another_tree(where):
        return int(pytest.main([*words, "--rootdir", str(where), *names]))


def _verdicts(journal: Path) -> tuple[list[dict[str, Any]], str]:
    """Return the verdicts of a run, the last of each scenario, and why the environment died."""
    found: dict[str, dict[str, Any]] = {}
    death = ""
    if journal.exists():
        for line in journal.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            if record["kind"] == "verdict":
                found[record["id"]] = record
            elif record["kind"] == "verdict-changed" and record["id"] in found:
                found[record["id"]] |= {"verdict": record["verdict"], "reason": record["reason"]}
            elif record["kind"] == "died":
                death = f"{record['part']} died: {' | '.join(record['log'][-1:])}"
    return list(found.values()), death
