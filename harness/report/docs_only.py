"""The specification without a run, with the last known verdicts where there are any."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from harness.report import recording
from harness.report.history import History
from harness.report.lines import Lines
from harness.report.reading import run_of
from harness.report.run import NOT_RUN, Run


def drawn(files: Iterable[Path], root: Path, history: History, older: Run | None = None) -> Run:
    """Draw the features; `older` is a run whose verdicts count where the history has none."""
    specification = recording.specification(files, (), root)
    known = {**(_of_run(older) if older is not None else {}), **_of_history(history)}
    ids = {
        one["id"]
        for feature in specification["features"]
        for rule in feature["rules"]
        for one in rule["examples"]
    }
    verdicts = (record for record in known.values() if record["id"] in ids)
    note = "these are the features without a run; " + (
        "verdicts are the last known ones" if known else "no verdict is known"
    )
    return run_of(Lines([specification, *verdicts], [note]), framed=False)


def _of_history(history: History) -> dict[str, dict[str, Any]]:
    return {
        name: _record(name, verdict, took, run.run)
        for name, (verdict, took, run) in history.last().items()
    }


def _of_run(run: Run) -> dict[str, dict[str, Any]]:
    return dict(_known(run))


def _known(run: Run) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in run.scenarios:
        if one.verdict != NOT_RUN:
            yield one.id, _record(one.id, one.verdict, one.took_s, run.id, one.reason)


def _record(
    name: str, verdict: str, took_s: float | None, run: str, reason: str = ""
) -> dict[str, Any]:
    told = f"last known, from run {run}" + (f": {reason}" if reason else "")
    return {"kind": "verdict", "id": name, "verdict": verdict, "took_s": took_s, "reason": told}
