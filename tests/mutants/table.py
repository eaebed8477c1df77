"""The table of planted bugs, for the terminal and for mutants.json."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.mutants.bug import SUBJECTS
from tests.mutants.outcome import Outcome, Tried

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


def seen_by_one(tried: Iterable[Tried]) -> list[Tried]:
    """Return the bugs that only their named scenario noticed, of a full run."""
    return [one for one in tried if one.outcome is Outcome.CAUGHT and not one.also]


def never_noticing(tried: Iterable[Tried], scenarios: Iterable[str]) -> list[str]:
    """Return the scenarios that noticed no bug at all, of a full run."""
    noticed: set[str] = set()
    for one in tried:
        if one.bug.kind == SUBJECTS and one.outcome is Outcome.CAUGHT:
            noticed |= {one.bug.noticed_by, *one.also}
    return sorted(set(scenarios) - noticed)


def by_area(ids: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for one in ids:
        found["/".join(one.split("/")[:2])].append(one)
    return dict(found)


def write(tried: Iterable[Tried], path: Path) -> None:
    """Write mutants.json, which the page of a run shows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [one.plain() for one in tried]
    path.write_text(json.dumps(rows, indent=1, ensure_ascii=False, default=str) + "\n", "utf-8")
