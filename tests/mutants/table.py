"""The table of planted bugs, for the terminal and for mutants.json."""

import json
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.mutants.bug import SUBJECTS
from tests.mutants.outcome import Outcome, Tried

Row = Mapping[str, Any]
"""A bug and what came of it, as mutants.json has it."""

_SHAPES = {Outcome.CAUGHT: "✓", Outcome.SURVIVED: "✗"}


def line(one: Tried) -> str:
    """Say in a line (and, when it was not caught, in a second one) what came of a bug."""
    shape = _SHAPES.get(one.outcome, "?")
    head = f"{shape} {one.outcome:<9} {one.took_s:5.1f} s  {one.bug.what}"
    if one.outcome is Outcome.CAUGHT:
        return f"{head}\n      {one.promise}: {one.step or one.bug.noticed_by}"
    return (
        f"{head}\n      {one.bug.patch.name} in {', '.join(one.bug.files)}; "
        f"expected {one.bug.noticed_by} to break in {one.bug.step!r}; found {one.found or 'nothing'}"
        + (f" in {one.step!r}" if one.step else "")
    )


def closing(tried: Sequence[Tried], took_s: float) -> str:
    counts = Counter(one.outcome for one in tried)
    counted = ", ".join(f"{counts[kind]} {kind}" for kind in Outcome if counts[kind])
    modules = len({file for one in tried for file in one.bug.files})
    return f"{len(tried)} bugs planted in {modules} files: {counted} in {took_s:.0f} s"


def seen_by_one(rows: Iterable[Row]) -> list[Row]:
    """Return the bugs that only their named scenario noticed, of those tried against everything."""
    return [row for row in rows if _counts(row) and not row["also"]]


def never_noticing(rows: Iterable[Row], scenarios: Iterable[str]) -> list[str]:
    """Return the scenarios that noticed none of the bugs that were tried against everything."""
    noticed = {one for row in rows if _counts(row) for one in (row["caught_by"], *row["also"])}
    return sorted(set(scenarios) - noticed)


def _counts(row: Row) -> bool:
    return bool(row["full"] and row["caught"] and row["kind"] == SUBJECTS)


def by_area(ids: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for one in ids:
        found["/".join(one.split("/")[:2])].append(one)
    return dict(found)


def kept(path: Path, bugs: Container[str]) -> list[Row]:
    """Return the rows of earlier runs whose bugs there still are; none from a file that is no table."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return [row for row in rows if row["id"] in bugs and "full" in row]
    except (OSError, ValueError, TypeError, KeyError):
        return []


def write(tried: Iterable[Tried], path: Path, before: Iterable[Row] = ()) -> list[Row]:
    """Write mutants.json, which the page of a run shows: what was tried, and what was before.

    A run of a few bugs leaves the rows of the others, so that a long one can be had in parts.
    """
    rows = {(row["kind"], row["id"]): row for row in before}
    rows |= {(one.bug.kind, one.bug.id): one.plain() for one in tried}
    found = [rows[key] for key in sorted(rows)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False, default=str) + "\n", "utf-8")
    return found
