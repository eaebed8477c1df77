"""The sequence diagram of an example, laid out from the traffic that was observed.

Shape: pure. `drawn` turns evidence into a `Diagram` of lanes, arrows, notes and shaded bands; the
       template only writes them down. Equal calls that follow each other are drawn once.
Units: pixels; times in the labels count from the first call.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from harness import topology
from harness.report.page.evidence import Evidence, Made
from harness.report.page.text import counted, seconds, short
from harness.report.run import BREAKING, Arrival, Fault, Publication
from harness.scenario.faulting import LINKS, RESOURCES

CALLER = "caller"
_MARGIN, _LANE, _TOP, _ROW = 76, 190, 44, 24
_MOST_GROUPS = 14
_SPOKEN = {part: name for name, part in topology.SPOKEN.items()}


@dataclass(frozen=True, slots=True)
class Lane:
    name: str
    kind: str
    x: int


@dataclass(frozen=True, slots=True)
class Arrow:
    """`look` is out, back, refused, failed or unknown; an unknown one ends in the open."""

    x1: int
    x2: int
    y: int
    label: str
    look: str
    at: str = ""

    @property
    def middle(self) -> int:
        return (self.x1 + self.x2) // 2

    @property
    def tip(self) -> str:
        """The path of the arrow's head."""
        back = 7 if self.x2 < self.x1 else -7
        return f"M{self.x2} {self.y}l{back} -4v8z"


@dataclass(frozen=True, slots=True)
class Note:
    """Something that happened beside the calls: a fault, a publication, calls left out."""

    y: int
    label: str
    kind: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    y: int
    height: int
    kind: str


@dataclass(frozen=True, slots=True)
class Diagram:
    width: int
    height: int
    lanes: tuple[Lane, ...]
    arrows: tuple[Arrow, ...]
    notes: tuple[Note, ...]
    bands: tuple[Band, ...]
    words: str
    overlapping: bool


@dataclass(frozen=True, slots=True)
class _Group:
    """Calls that look alike and follow each other."""

    made: tuple[Made, ...]

    @property
    def first(self) -> Made:
        return self.made[0]

    @property
    def at(self) -> float:
        return self.first.call.started or 0.0


_Happening = _Group | Fault | Publication


def drawn(evidence: Evidence) -> Diagram | None:
    """Lay out the diagram; None when no call was made."""
    if not evidence.made:
        return None
    groups = [_Group(tuple(made)) for _, made in groupby(evidence.made, lambda one: one.signature)]
    left_out = len(groups) - _MOST_GROUPS if len(groups) > _MOST_GROUPS + 1 else 0
    if left_out:
        half = _MOST_GROUPS // 2
        groups = [*groups[:half], *groups[half + left_out :]]
    drawing = _Drawing(_lanes(groups, evidence.loose), _began(evidence))
    happened: list[_Happening] = [*groups, *evidence.faults, *evidence.publications]
    number = 0
    for one in sorted(happened, key=_when):
        if isinstance(one, _Group):
            if left_out and number == _MOST_GROUPS // 2:
                drawing.note(f"… {counted(left_out, 'more kind', 'more kinds')} of calls", "more")
            number += 1
            drawing.group(one, evidence.loose)
        elif isinstance(one, Fault):
            drawing.fault(one)
        else:
            drawing.publication(one)
    return drawing.finished(_in_words(evidence, groups), _overlapping(evidence.made))


def _when(one: _Happening) -> float:
    if isinstance(one, _Group):
        return one.at
    return one.at or 0.0


def _overlapping(made: Sequence[Made]) -> bool:
    """Did a call begin before another had ended?"""
    times = sorted((one.call.started or 0.0, one.call.ended or 0.0) for one in made)
    return any(later[0] < sooner[1] for sooner, later in pairwise(times))


def _began(evidence: Evidence) -> float:
    return min((made.call.started or 0.0) for made in evidence.made)


def _lanes(groups: Sequence[_Group], loose: Iterable[Arrival]) -> dict[str, Lane]:
    """Callers first, then gateways, then what stands behind them."""
    gateways: dict[str, str] = {}
    services: dict[str, str] = {}
    for group in groups:
        to = group.first.call.replica
        kind = topology.PARTS[to].kind if to in topology.PARTS else "other"
        (gateways if kind == "gateway" else services).setdefault(to, kind)
        for arrival in group.first.arrivals:
            services.setdefault(arrival.service, "service")
    for arrival in loose:
        services.setdefault(arrival.service, "service")
    names = [(CALLER, "caller"), *sorted(gateways.items()), *services.items()]
    return {
        name: Lane(_SPOKEN.get(name, name), kind, _MARGIN + 40 + index * _LANE)
        for index, (name, kind) in enumerate(names)
    }


class _Drawing:
    """Collects what is drawn, from top to bottom."""

    def __init__(self, lanes: dict[str, Lane], began: float) -> None:
        self._lanes = lanes
        self._began = began
        self._y = _TOP + 12
        self._arrows: list[Arrow] = []
        self._notes: list[Note] = []
        self._bands: list[Band] = []
        self._open: dict[str, int] = {}

    def group(self, group: _Group, loose: Sequence[Arrival]) -> None:
        made, call = group.first, group.first.call
        times = f"{len(group.made)} × " if len(group.made) > 1 else ""
        caller, target = self._lanes[CALLER].x, self._lanes[call.replica].x
        arrivals = made.arrivals or tuple(a for a in loose if _within(a, made))
        self._arrow(caller, target, f"{times}{call.method} {call.path}", "out", call.started)
        for arrival in arrivals:
            service = self._lanes[arrival.service].x
            if service != target:
                name = arrival.function or arrival.path
                self._arrow(target, service, f"{times}{arrival.method} {name}", "out", arrival.at)
                if arrival.status is not None:
                    self._arrow(service, target, str(arrival.status), _look(arrival.status))
        took = f" in {seconds(call.took_s)}" if call.took_s is not None and not times else ""
        if call.unknown:
            self._arrow(target, caller, f"? no answer{took}", "unknown", call.ended)
        else:
            self._arrow(target, caller, f"{call.status}{took}", _look(call.status), call.ended)
        self._y += 8

    def _arrow(self, x1: int, x2: int, label: str, look: str, at: float | None = None) -> None:
        width = abs(x2 - x1)
        if look == "unknown":  # nobody knows whether it came from there
            x1 = (x1 + x2) // 2
        label = short(label, max(int(width / 6.4) - 2, 8))
        self._arrows.append(Arrow(x1, x2, self._y + 14, label, look, self._time(at)))
        self._y += _ROW

    def _time(self, at: float | None) -> str:
        if at is None:
            return ""
        since = at - self._began
        if abs(since) < 0.0005:
            return "0"
        return f"{'+' if since > 0 else '−'}{seconds(abs(since))}"

    def note(self, label: str, kind: str, at: float | None = None) -> None:
        self._notes.append(Note(self._y + 14, label, kind, self._time(at)))
        self._y += _ROW + 7

    def fault(self, fault: Fault) -> None:
        words = _fault_in_words(fault)
        begun = self._open.pop(fault.target, None) if fault.action in BREAKING.values() else None
        if begun is not None:
            self.note(words, "healed", fault.at)
            self._bands.append(Band(begun, self._y - begun - 13, "fault"))
            return
        if fault.breaks:
            self._open.setdefault(fault.target, self._y)
        self.note(words, "fault" if fault.breaks else "healed", fault.at)

    def publication(self, publication: Publication) -> None:
        versions = ", ".join(f"{region} {v}" for region, v in publication.versions.items())
        refused = "; refused" if publication.refused else ""
        words = f"control plane: version {versions or '?'} published{refused}"
        self.note(words, "control", publication.at)

    def finished(self, words: str, overlapping: bool) -> Diagram:
        for y in self._open.values():
            self._bands.append(Band(y, self._y - y, "fault"))
        width = _MARGIN + 40 + (len(self._lanes) - 1) * _LANE + 70
        return Diagram(
            max(width, 420),
            self._y + 16,
            tuple(self._lanes.values()),
            tuple(self._arrows),
            tuple(self._notes),
            tuple(self._bands),
            words,
            overlapping,
        )


_PAST = {
    "cut": "cut",
    "heal": "healed",
    "kill": "killed",
    "end": "told to end",
    "start": "started again",
    "pause": "paused",
    "resume": "resumed",
}


_RESOURCES = {part: name for name, part in RESOURCES.items()}
_LINKS = {link: f"{name} link" for name, link in LINKS.items()}


def _fault_in_words(fault: Fault) -> str:
    """`cut redis` is the Redis link, `kill redis` is Redis."""
    names = _LINKS if fault.action in ("cut", "heal") else _RESOURCES
    return f"{names.get(fault.target, fault.target)} {_PAST.get(fault.action, fault.action)}"


def _within(arrival: Arrival, made: Made) -> bool:
    """An arrival without a marker is drawn where it fits in; it is not counted by that."""
    call = made.call
    if arrival.at is None or call.started is None or call.ended is None:
        return False
    return call.started <= arrival.at <= call.ended


def _look(status: int | None) -> str:
    if status is None:
        return "unknown"
    return "failed" if status >= 500 else "refused" if status >= 400 else "back"


def _in_words(evidence: Evidence, groups: Sequence[_Group]) -> str:
    """Say what the drawing shows, for those who do not see it."""
    sentences = [
        f"{_times(len(group.made))} {group.first.call.method} {group.first.call.path} "
        f"to {group.first.call.replica}: {_answer(group.first)}"
        for group in groups
    ]
    sentences += [_fault_in_words(fault) for fault in evidence.faults]
    return ". ".join(sentences) + "."


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _answer(made: Made) -> str:
    call = made.call
    answer = "no answer, so the outcome is unknown" if call.unknown else f"answered {call.status}"
    reached = ", ".join(_SPOKEN.get(a.service, a.service) for a in made.arrivals)
    return f"{answer}, reached {reached or 'nothing behind it'}"
