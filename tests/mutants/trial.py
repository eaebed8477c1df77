"""Tries one bug: a copy, the patch, the scenario that must notice, and a control that must not."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.settings import ROOT
from tests.mutants import copy
from tests.mutants.bug import HARNESS, Bug
from tests.mutants.outcome import Outcome, Tried, judged

CONTROL = "features/routing/choosing.feature::The header that the route wants"
"""Proved whatever the bug is, unless the patch names another control or breaks too much."""

_LIMIT_S, _FULL_LIMIT_S = 120, 900
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


def tried(bug: Bug, *, full: bool = False) -> Tried:
    """Try a bug on a copy of its own; with `full`, against every scenario.

    Errors: none; whatever goes wrong is an outcome.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"gateproof-bug-{bug.id[:30]}-"))
    began = time.monotonic()
    try:
        where = copy.of_the_tree(bug.kind, folder / "copy")
        copy.planted_in(bug, where)
        attempt = _tested if bug.kind == HARNESS else _proved
        return replace(attempt(bug, where, folder, full), took_s=round(time.monotonic() - began, 2))
    except copy.DoesNotApply as error:
        return Tried(bug, Outcome.STALE, found=str(error))
    except subprocess.TimeoutExpired as error:
        return Tried(bug, Outcome.INCONCLUSIVE, found=f"no end within {error.timeout:g} s")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _proved(bug: Bug, where: Path, folder: Path, full: bool) -> Tried:
    control = bug.control or CONTROL
    bug = replace(bug, control=control)
    selected = ["features"] if full else [bug.noticed_by, control]
    words = ["e2e", *selected, "--subjects", str(where), "--report", str(folder / "report")]
    done = _run(["-m", "harness", *words, "--jobs", "1"], ROOT, _FULL_LIMIT_S if full else _LIMIT_S)
    verdicts, death = _verdicts(folder / "report" / "run.ndjson")
    if not verdicts and not death:
        death = _last_line(done)
    return judged(bug, verdicts, 0.0, death)


def _tested(bug: Bug, where: Path, folder: Path, full: bool) -> Tried:
    """Run the test that must fail, in the copy, by the copy's own harness."""
    words = ["-m", "pytest", "-q", "-p", "no:randomly", "--no-header", "--rootdir", str(where)]
    done = _run([*words, "tests" if full else bug.noticed_by], where, _LIMIT_S)
    failed = _FAILED.findall(done.stdout)
    noticed = any(one.startswith(bug.noticed_by) for one in failed)
    first = next((line[4:] for line in done.stdout.splitlines() if line.startswith("E   ")), "")
    outcome = Outcome.CAUGHT if noticed and done.returncode == 1 else Outcome.INCONCLUSIVE
    if done.returncode == 0:
        outcome = Outcome.SURVIVED
    also = tuple(sorted({one for one in failed if not one.startswith(bug.noticed_by)}))
    return Tried(
        bug, outcome, promise=bug.promise, found=first.strip() or _last_line(done), also=also
    )


def _run(words: Sequence[str], folder: Path, limit_s: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=folder, capture_output=True, text=True,
        timeout=limit_s, check=False,
    )  # fmt: skip


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


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return said[-1] if said else f"exit code {done.returncode} without a word"
