"""Gives every scenario its verdict and its evidence.

Joined by marker, by a scenario's suffix, and by the rig that a scenario owns; never by time.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from harness import markers
from harness.report import evidence, lines, written
from harness.report.lines import Record
from harness.report.run import (
    NOT_RUN,
    Arrival,
    Call,
    Event,
    Fault,
    Feature,
    LogLine,
    Rule,
    Scenario,
    Step,
)
from harness.verdicts import Verdict
from harness.warden.rig import SHARED

By = Mapping[str, Sequence[Record]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that was seen on the wire and in logs."""

    calls: tuple[Call, ...]
    arrivals: tuple[Arrival, ...]
    events: tuple[Event, ...]
    logs: tuple[LogLine, ...]
    faults: tuple[Fault, ...]


def evidence_of(by_kind: By) -> Evidence:
    return Evidence(
        tuple(map(evidence.call, by_kind.get("call", ()))),
        tuple(map(evidence.arrival, by_kind.get("arrival", ()))),
        _once(map(evidence.event, by_kind.get("event", ()))),
        tuple(map(evidence.log_line, by_kind.get("log", ()))),
        evidence.healed(map(evidence.fault, by_kind.get("fault", ()))),
    )


def _once(events: Iterable[Event]) -> tuple[Event, ...]:
    """Older runs wrote an event down each time that a scenario looked at it."""
    found: dict[object, Event] = {}
    for number, one in enumerate(events):
        name = one.fields.get("_id")
        found.setdefault(name if isinstance(name, str) else number, one)
    return tuple(found.values())


def joined(by_kind: By, seen: Evidence) -> tuple[Feature, ...]:
    """Return the features with everything in them."""
    attaching = Attaching(by_kind, seen)
    features = written.features(by_kind.get("specification", ()))
    known = {scenario.id for feature in features for scenario in feature.scenarios}
    features += written.from_verdicts(attaching.ids - known, attaching.verdicts)
    return tuple(_with(attaching.to, feature) for feature in features)


def _with(attach: Callable[[Scenario], Scenario], feature: Feature) -> Feature:
    def filled(rule: Rule) -> Rule:
        return replace(rule, scenarios=tuple(map(attach, rule.scenarios)))

    return replace(feature, rules=tuple(map(filled, feature.rules)))


class Attaching:
    """Shape: verdicts and suffixes by scenario id; pieces of evidence by suffix or rig."""

    def __init__(self, by_kind: By, seen: Evidence) -> None:
        self.verdicts = _verdicts(by_kind)
        self.suffixes = {
            lines.text(one, "id"): lines.text(one, "scenario")
            for kind in ("begun", "verdict")
            for one in by_kind.get(kind, ())
            if lines.text(one, "scenario")
        }
        self._calls = _grouped(seen.calls, lambda one: one.scenario or suffix_of(one.marker))
        self._arrivals = _grouped(seen.arrivals, _owner_of(self.suffixes.values()))
        self._events = _grouped(seen.events, lambda one: suffix_of(one.marker))
        self._logs = _grouped(seen.logs, lambda one: suffix_of(one.marker))
        self._faults = _grouped(seen.faults, lambda one: one.rig)

    @property
    def ids(self) -> set[str]:
        return (self.verdicts.keys() | self.suffixes.keys()) - {""}

    def to(self, scenario: Scenario) -> Scenario:
        record = self.verdicts.get(scenario.id, {})
        suffix = self.suffixes.get(scenario.id, "")
        calls, arrivals = self._calls.get(suffix, ()), self._arrivals.get(suffix, ())
        rig = lines.text(record, "rig") or _rig(calls, arrivals)
        verdict, reason = _verdict(scenario, record, begun=scenario.id in self.suffixes)
        return replace(
            scenario,
            suffix=suffix,
            rig=rig,
            verdict=verdict,
            reason=reason,
            tags=scenario.tags or lines.texts(record, "tags"),
            shown=lines.texts(record, "shown"),
            began=lines.number(record, "began"),
            took_s=lines.number(record, "took_s"),
            worker=lines.text(record, "worker"),
            again=lines.text(record, "again"),
            steps=_steps(scenario.steps, record),
            waits=evidence.waits(record.get("waits")),
            calls=calls,
            arrivals=arrivals,
            events=self._events.get(suffix, ()),
            logs=self._logs.get(suffix, ()),
            faults=self._faults.get(rig, ()) if rig != SHARED else (),
        )


def _verdicts(by_kind: By) -> dict[str, Record]:
    """The last word on each scenario: its verdict, and what the drained journal turned."""
    found: dict[str, Record] = {}
    for one in by_kind.get("verdict", ()):
        found[lines.text(one, "id")] = one
    for one in by_kind.get("verdict-changed", ()):
        name = lines.text(one, "id")
        turned = {key: one[key] for key in ("verdict", "reason") if key in one}
        found[name] = {**found.get(name, {}), **turned}
    return found


def _verdict(scenario: Scenario, record: Record, *, begun: bool) -> tuple[str, str]:
    if verdict := lines.text(record, "verdict"):
        return verdict, lines.text(record, "reason")
    if begun:
        return Verdict.UNKNOWN.value, "the run ended while it was under way"
    if not scenario.selected:
        return NOT_RUN, "not selected"
    return NOT_RUN, "the run ended before its turn"


def _steps(as_written: tuple[Step, ...], record: Record) -> tuple[Step, ...]:
    """Lay what was seen over what is written; steps behind a failure were not reached."""
    seen = tuple(map(evidence.seen_step, lines.records(record, "steps")))
    if [one.text for one in as_written[: len(seen)]] != [one.text for one in seen]:
        return seen
    went = tuple(
        replace(step, passed=one.passed, began=one.began, took_s=one.took_s)
        for step, one in zip(as_written, seen, strict=False)
    )
    return (*went, *as_written[len(seen) :])


def _rig(calls: Sequence[Call], arrivals: Sequence[Arrival]) -> str:
    """Return the rig of its own that a scenario was seen on, else the shared one."""
    seen = ({one.rig for one in calls} | {one.rig for one in arrivals}) - {""}
    return min(seen - {SHARED}, default=SHARED if seen else "")


def suffix_of(marker: str) -> str:
    found = markers.read(marker)
    return found.scenario if found else ""


def _owner_of(suffixes: Iterable[str]) -> Callable[[Arrival], str]:
    """By marker; where headers do not travel, by the name of the function."""
    known = set(suffixes)

    def owner(arrival: Arrival) -> str:
        by_name = "-".join(arrival.function.rsplit("-", 2)[-2:])
        return suffix_of(arrival.marker) or (by_name if by_name in known else "")

    return owner


def _grouped(found: Iterable[T], key: Callable[[T], str]) -> dict[str, tuple[T, ...]]:
    groups: dict[str, list[T]] = defaultdict(list)
    for one in found:
        groups[key(one)].append(one)
    return {name: tuple(group) for name, group in groups.items() if name}
