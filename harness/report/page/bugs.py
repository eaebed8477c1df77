"""The table of planted bugs, as the last `make mutants` left it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Bug:
    """One bug, the promise that it breaks, and the example and step that noticed."""

    id: str
    promise: str
    bug: str
    file: str
    caught_by: str
    step: str
    took_s: float | None
    caught: bool


_TEXTS = ("id", "promise", "bug", "file", "caught_by", "step")


def read(path: Path) -> list[Bug] | None:
    """Read the table, survivors first; None where there is none that can be read."""
    try:
        rows = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(rows, list):
        return None
    bugs = [_bug(row) for row in rows if isinstance(row, dict)]
    return sorted(bugs, key=lambda bug: (bug.caught, bug.promise, bug.id))


def _bug(row: Mapping[str, Any]) -> Bug:
    took = row.get("took_s")
    texts = {name: str(row.get(name) or "") for name in _TEXTS}
    return Bug(
        **texts,
        took_s=float(took) if isinstance(took, int | float) else None,
        caught=row.get("caught") is True,
    )
