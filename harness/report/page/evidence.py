"""What the page shows of one example: its calls, each joined by marker to what it caused.

Nothing is joined by time: an arrival, an event or a log line belongs to the call whose marker it
carries, or stands by itself.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from harness.report.run import Arrival, Call, Event, Fault, LogLine, Publication, Run, Scenario

SHARED = "shared"
_AT_ONCE, _MOST = 12, 40


class _Marked(Protocol):
    @property
    def marker(self) -> str: ...


T = TypeVar("T", bound=_Marked)


@dataclass(frozen=True, slots=True)
class Made:
    """A call and what came of it. `telling` is the one that a failure is about."""

    number: int
    call: Call
    arrivals: tuple[Arrival, ...]
    events: tuple[Event, ...]
    logs: tuple[LogLine, ...]
    telling: bool

    @property
    def signature(self) -> tuple[object, ...]:
        """Calls that look alike in a drawing have the same one."""
        call = self.call
        reached = tuple((a.service, a.status) for a in self.arrivals)
        return (call.replica, call.method, call.path, call.status, call.step, reached)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Shape: `loose` arrivals carry no marker: the name of the function accounts for them."""

    scenario: Scenario
    made: tuple[Made, ...]
    loose: tuple[Arrival, ...]
    loose_events: tuple[Event, ...]
    logs: tuple[LogLine, ...]
    faults: tuple[Fault, ...]
    publications: tuple[Publication, ...]

    @property
    def first(self) -> tuple[Made, ...]:
        """The calls that are shown at once."""
        return self.made[:_AT_ONCE]

    @property
    def rest(self) -> tuple[Made, ...]:
        """The calls below a fold; the one that a failure is about is never left out."""
        later = self.made[_AT_ONCE:]
        return tuple(one for one in later if one.number <= _MOST or one.telling)

    @property
    def left_out(self) -> int:
        return len(self.made) - len(self.first) - len(self.rest)

    @property
    def is_empty(self) -> bool:
        return not (self.made or self.loose or self.logs or self.faults or self.publications)


def publications_by_rig(run: Run) -> dict[str, list[Publication]]:
    """What was published to rigs of one scenario's own; the shared one serves everybody."""
    found: dict[str, list[Publication]] = defaultdict(list)
    for publication in run.publications:
        if publication.rig != SHARED:
            found[publication.rig].append(publication)
    return found


def of(scenario: Scenario, publications: Iterable[Publication] = ()) -> Evidence:
    """Join everything that a scenario has left behind."""
    arrivals = _by_marker(scenario.arrivals)
    events, logs = _by_marker(scenario.events), _by_marker(scenario.logs)
    told = "\n".join(scenario.shown)
    made = tuple(
        Made(
            number,
            call,
            tuple(arrivals.pop(call.marker, ())) if call.marker else (),
            tuple(events.pop(call.marker, ())) if call.marker else (),
            tuple(logs.pop(call.marker, ())) if call.marker else (),
            bool(call.marker) and _says(told, call.marker),
        )
        for number, call in enumerate(scenario.calls, start=1)
    )
    return Evidence(
        scenario,
        made,
        _left(arrivals),
        _left(events),
        _left(logs),
        tuple(fault for fault in scenario.faults if fault.action != "look"),
        tuple(publications),
    )


def _by_marker(things: Iterable[T]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = defaultdict(list)
    for thing in things:
        found[thing.marker].append(thing)
    return found


def _left(things: dict[str, list[T]]) -> tuple[T, ...]:
    return tuple(thing for several in things.values() for thing in several)


def _says(told: str, marker: str) -> bool:
    """Markers end in a number: …-1 must not be found in …-12."""
    return any(line.rstrip().endswith(marker) for line in told.splitlines())
