"""The record of a finished setup in `.venv`, and what has to be done again when things changed.

A part is recorded only after it is done, so a setup that was interrupted is seen as such.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "gateproof-setup.json"

SOURCES = {
    "packages": "requirements.lock",
    "project": "pyproject.toml",
    "redis": "redis.lock",
}
"""What each part of a setup is made from, in the order in which they are made."""

PRODUCTS = {"packages": "bin/pytest", "project": "bin/gateproof", "redis": "redis/redis-server"}
"""A file that is there when the part is."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What `.venv` was made from.

    Shape: python is "3.11"; parts maps a part to the digest of its source; without names the parts
           that this platform does not get, each with the reason.
    """

    folder: str
    python: str
    parts: Mapping[str, str]
    without: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """Shape: anew is the reason to make `.venv` from nothing, None to keep it."""

    anew: str | None
    parts: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return self.anew is None and not self.parts


def read(venv: Path) -> Stamp | None:
    """Return the record, None if there is none that can be read."""
    try:
        return Stamp(**json.loads((venv / FILE).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def write(venv: Path, stamp: Stamp) -> None:
    """Replace the record in one step."""
    half = venv / f"{FILE}.{os.getpid()}"
    half.write_text(json.dumps(asdict(stamp), indent=2) + "\n")
    half.replace(venv / FILE)


def digests(root: Path) -> dict[str, str]:
    """Return the digest of each part's source."""
    return {
        part: hashlib.sha256((root / file).read_bytes()).hexdigest()
        for part, file in SOURCES.items()
    }


def plan(
    stamp: Stamp | None,
    wanted: Mapping[str, str],
    venv: Path,
    *,
    runs: str | None,
    asked: str | None = None,
) -> Plan:
    """Say what has to be made.

    Shape: runs is the version of the Python in venv ("3.11"), None if it does not run; asked is
           the version that somebody asked for.
    """
    reason = _reason_to_start_anew(stamp, venv, runs, asked)
    if reason or stamp is None:
        return Plan(reason, tuple(wanted))
    changed = (part for part in wanted if stamp.parts.get(part) != wanted[part])
    gone = (part for part, file in PRODUCTS.items() if not (venv / file).exists())
    again = {*changed, *(part for part in gone if part not in stamp.without)}
    return Plan(None, tuple(part for part in wanted if part in again))


def _reason_to_start_anew(
    stamp: Stamp | None, venv: Path, runs: str | None, asked: str | None
) -> str | None:
    if stamp is None:
        return "the last setup did not finish" if venv.exists() else "there is none yet"
    if "packages" not in stamp.parts:
        return "the last setup did not finish"
    if stamp.folder != str(venv):
        return f"it was made for {stamp.folder}"
    if runs is None:
        return f"its Python {stamp.python} does not run any more"
    if runs != stamp.python:
        return f"it was made with Python {stamp.python}, which is {runs} now"
    if asked is not None and asked != runs:
        return f"Python {asked} was asked for, it has {runs}"
    return None
