"""Reads the journal of a run, `run.ndjson`, into values: `read(path) -> Run`.

The contract for everything that draws results:

* `read` takes a file or a report folder. It raises `NotARun` (one line) for a file that is no run
  or is not there, and for nothing else: a broken line, a cut-off end, an older or newer format, a
  run that died become `Run.problems`, and whatever is known is there.
* Features, rules and examples stand in the order in which they are written, the ones that were not
  selected as well (verdict "not run"). A file without the specification has them by id.
* Evidence is joined by marker, by a scenario's suffix, and by the rig that a scenario owns, never
  by time. What belongs to no scenario is in `Run.calls`, `Run.logs`, `Run.unaccounted`, ….
"""

from collections.abc import Iterable
from pathlib import Path

from harness.report import evidence, lines
from harness.report.joining import evidence_of, joined, suffix_of
from harness.report.lines import Lines, NotARun, Record
from harness.report.run import (
    NOT_RECORDED,
    NOT_RUN,
    VERDICTS,
    Arrival,
    Call,
    Event,
    Fault,
    Feature,
    LogLine,
    OpenedRig,
    Publication,
    Rule,
    Run,
    Scenario,
    Step,
    said,
)

__all__ = [
    "NOT_RECORDED",
    "NOT_RUN",
    "VERDICTS",
    "Arrival",
    "Call",
    "Event",
    "Fault",
    "Feature",
    "LogLine",
    "NotARun",
    "OpenedRig",
    "Publication",
    "Rule",
    "Run",
    "Scenario",
    "Step",
    "read",
    "run_of",
    "said",
]  # fmt: skip

FORMAT = 1
"""The newest format that is understood here."""


def read(path: Path) -> Run:
    """Read a run from its journal, or from the folder that holds it.

    Errors: NotARun.
    """
    return run_of(lines.read_lines(lines.file_of(path)))


def run_of(found: Lines, *, framed: bool = True) -> Run:
    """Draw a run from its records. Never raises.

    `framed` says that a header and a closing record belong to it: that they are missing is told.
    """
    by_kind: dict[str, list[Record]] = {}
    for record in found.records:
        by_kind.setdefault(lines.text(record, "kind"), []).append(record)
    header = _first(by_kind.get("run", ()))
    closing = _first(reversed(by_kind.get("finished", [])))
    seen = evidence_of(by_kind)
    closed = {lines.text(one, "rig"): lines.number(one, "at") for one in by_kind.get("closed", ())}
    features = joined(by_kind, seen)
    ours = {scenario.suffix for feature in features for scenario in feature.scenarios} - {""}
    counts = dict.fromkeys(VERDICTS, 0)
    for feature in features:
        for scenario in feature.scenarios:
            counts[scenario.verdict] = counts.get(scenario.verdict, 0) + 1
    died = _first(by_kind.get("died", ()))
    return Run(
        problems=(*found.problems, *(_problems(by_kind, header) if framed else ())),
        format=lines.whole(header, "format"),
        id=lines.text(header, "run") or _run_in(by_kind.get("begun", ())),
        gateproof=lines.text(header, "gateproof"),
        command=lines.text(header, "command"),
        environment=lines.text(header, "environment"),
        gateway=lines.text(header, "gateway"),
        fidelity={name: str(how) for name, how in lines.inner(header, "fidelity").items()},
        seed=lines.whole(header, "seed"),
        jobs=lines.whole(header, "jobs"),
        commit=lines.text(header, "commit"),
        dirty=lines.yes_or_no(header, "dirty"),
        machine=lines.inner(header, "machine"),
        versions={name: str(one) for name, one in lines.inner(header, "versions").items()},
        images={
            name: one
            for name, one in lines.inner(header, "images").items()
            if isinstance(one, dict)
        },
        selection=lines.inner(header, "selection"),
        began=lines.number(header, "began") or _earliest(found.records),
        ended=lines.number(closing, "at"),
        finished=bool(closing),
        interrupted=bool(closing.get("interrupted")),
        exit=lines.whole(closing, "exit"),
        death=lines.text(closing, "death") or _death(died),
        stray=lines.texts(closing, "stray"),
        listed=lines.texts(closing, "listed"),
        left_out=_left_out(by_kind),
        cost=lines.inner(closing, "cost"),
        waits=evidence.waits(closing.get("waits")),
        counts=counts,
        features=features,
        calls=seen.calls,
        arrivals=seen.arrivals,
        unaccounted=tuple(
            evidence.arrival(lines.inner(one, "arrival")) for one in by_kind.get("unaccounted", ())
        ),
        events=seen.events,
        logs=tuple(one for one in seen.logs if suffix_of(one.marker) not in ours),
        faults=seen.faults,
        publications=tuple(map(evidence.publication, by_kind.get("publication", ()))),
        opened=tuple(evidence.opened(one, closed) for one in by_kind.get("opened", ())),
    )


def _first(records: Iterable[Record]) -> Record:
    return next(iter(records), {})


def _run_in(begun: Iterable[Record]) -> str:
    """Return the run's id from a scenario's suffix, which ends with it."""
    return lines.text(_first(begun), "scenario").partition("-")[2]


def _earliest(records: Iterable[Record]) -> float | None:
    times = (lines.number(record, "at") for record in records)
    return min((at for at in times if at is not None), default=None)


def _death(died: Record) -> str:
    if not died:
        return ""
    return f"{lines.text(died, 'part')} ({lines.text(died, 'rig')}) died"


def _problems(by_kind: dict[str, list[Record]], header: Record) -> list[str]:
    """Say what the records themselves leave open."""
    found: list[str] = []
    format_ = lines.whole(header, "format")
    if not by_kind:
        return found
    if format_ is None:
        found.append(
            "written by an older version: what it ran on and the specification are missing"
        )
    elif format_ > FORMAT:
        found.append(f"written by a newer format {format_}: what is new in it is not shown")
    if format_ is not None and "finished" not in by_kind:
        found.append("the run did not finish: no closing record")
    if format_ is not None and "specification" not in by_kind:
        found.append("the specification is missing: only scenarios that ran are shown")
    found += [
        f"what reached {lines.text(one, 'service')} ({lines.text(one, 'rig')}) could not be read: "
        f"{lines.text(one, 'why')}"
        for one in by_kind.get("unread", ())
    ]
    return found


def _left_out(by_kind: dict[str, list[Record]]) -> tuple[str, ...]:
    """Say of which events the journal holds only a part: the scenarios that made them looked at all."""
    return tuple(
        f"{lines.whole(one, 'recorded'):,} of {lines.whole(one, 'total'):,} events in "
        f"{lines.text(one, 'index')}"
        for one in by_kind.get("left-out", ())
    )
