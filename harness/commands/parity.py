"""`gateproof parity`: the same features in two environments, verdict by verdict; or two reports."""

import argparse
import subprocess
import sys
from pathlib import Path

from harness import parity
from harness.commands.complaints import BadInput, complain, require_known
from harness.environments import ENVIRONMENTS, PLANNED
from harness.settings import ROOT
from harness.verdicts import Exit

_USABLE = (Exit.PROVED, Exit.BROKEN)
"""A run that ended so can be compared: its verdicts are what the comparison is about."""


def run(options: argparse.Namespace) -> int:
    """Return 0 if the verdicts agree, 1 if not, 2 if nothing can be compared, 3 if a run died."""
    try:
        whole = not options.reports
        if len(options.reports) not in (0, 2):
            raise BadInput("parity takes two reports, or none to run both environments itself")
        one, other = options.reports or _run_both(options)
        found = parity.compare(
            _alive(parity.read(Path(one))), _alive(parity.read(Path(other))),
            parity.listed(Path(options.list)), whole=whole,
        )  # fmt: skip
    except _Ended as ended:
        complain(ended)
        return ended.code
    except (BadInput, parity.BadReport) as error:
        complain(error)
        return Exit.NOTHING_RAN
    sys.stdout.write(parity.written(found))
    if not found.same and not found.differences:
        complain("nothing ran in either report: there is nothing to compare")
        return Exit.NOTHING_RAN
    return Exit.PROVED if found.holds else Exit.BROKEN


class _Ended(Exception):
    """A run ended without verdicts that can be compared."""

    def __init__(self, text: str, code: int) -> None:
        super().__init__(text)
        self.code = code


def _alive(report: parity.Report) -> parity.Report:
    if report.death:
        raise _Ended(f"{report.name} is of a run that died: {report.death}", Exit.ENVIRONMENT_DIED)
    return report


def _run_both(options: argparse.Namespace) -> list[Path]:
    """Run all features in one environment after the other."""
    names = options.between.split(",")
    if len(names) != 2:
        raise BadInput(
            f"--between takes two environments, as in embedded,containers, found {options.between!r}"
        )
    for name in names:
        require_known("environment", name, ENVIRONMENTS, PLANNED)
    reports = []
    for number, name in enumerate(names, start=1):
        reports.append(Path(options.report) / f"{number}-{name}")
        code = _run(name, reports[-1], options)
        if code not in _USABLE:
            raise _Ended(f"the run in {name} ended with {code}: there is nothing to compare", code)
    return reports


def _run(environment: str, report: Path, options: argparse.Namespace) -> int:
    report.mkdir(parents=True, exist_ok=True)
    return subprocess.run(
        [sys.executable, "-m", "harness", "e2e", *options.selected,
         "--env", environment, "--jobs", options.jobs, "--report", str(report)],
        cwd=ROOT, check=False,
    ).returncode  # fmt: skip
