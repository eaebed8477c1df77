"""`make check`: format, lint, types and feature lint, one line each with its time."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from harness.settings import ROOT
from harness.unread import quietly


@dataclass(frozen=True, slots=True)
class Check:
    """Shape: command is a program of `.venv/bin` with its arguments; remedy is said on failure."""

    name: str
    command: tuple[str, ...]
    remedy: str


CHECKS = (
    Check("format", ("ruff", "format", "--check", "."), "make fix"),
    Check("lint", ("ruff", "check", "."), "make fix repairs the simple ones"),
    Check("types", ("mypy",), "correct the types named above"),
    Check("features", ("gateproof", "lint"), "correct the features named above"),
)
"""What is checked, in this order."""


@dataclass(frozen=True, slots=True)
class Outcome:
    code: int
    said: str


def main() -> int:
    """Run every check, whatever the others say. Returns 1 if one failed."""
    try:
        return quietly(lambda: run(CHECKS, Path(sys.executable).parent, sys.stdout))
    except KeyboardInterrupt:
        return 130


def run(
    checks: tuple[Check, ...],
    programs: Path,
    stream: TextIO,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Run checks one after another and show each as it ends."""
    failed = []
    for check in checks:
        began = clock()
        outcome = _outcome(programs, check)
        verdict = "failed" if outcome.code else "ok"
        stream.write(f"{check.name:<9} {verdict:<6} {clock() - began:6.1f} s\n")
        if outcome.code:
            failed.append(check)
            stream.write(f"{outcome.said.rstrip()}\n  next: {check.remedy}\n")
        stream.flush()
    if failed:
        stream.write(f"check failed: {', '.join(check.name for check in failed)}\n")
    return 1 if failed else 0


def _outcome(programs: Path, check: Check) -> Outcome:
    program, *arguments = check.command
    try:
        ended = subprocess.run(
            [programs / program, *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except OSError as error:
        return Outcome(1, f"{program} could not be started: {error}; make setup")
    return Outcome(ended.returncode, ended.stdout)


if __name__ == "__main__":
    sys.exit(main())
