"""This checkout: where it is, and what has to be made in it."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.setup import interpreters, stamp

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"


def planned(argv: list[str], wanted: Mapping[str, str]) -> stamp.Plan:
    """What has to be made. Who asks for a Python is running this with it: `bootstrap` handed over."""
    asked = feature(sys.version_info) if "--python" in argv else None
    return stamp.plan(stamp.read(VENV), wanted, VENV, runs=python_of(VENV), asked=asked)


def python_of(venv: Path) -> str | None:
    """Return the version of the Python in there, None if it does not run."""
    if Path(sys.executable).parent == venv / "bin":
        return feature(sys.version_info)
    found = interpreters.when_run(str(venv / "bin" / "python"))
    return feature(found.version) if found else None


def feature(version: Sequence[int | str]) -> str:
    """Return "3.11": within it a `.venv` stays as it is."""
    return f"{version[0]}.{version[1]}"
