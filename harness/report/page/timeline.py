"""The timeline of a run: what each worker did when, the rigs that were open, the faults that bit.

Shape: pure. Units: pixels; `words` say the same for those who do not see the drawing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from harness.report.page.text import counted, seconds
from harness.report.run import Fault, OpenedRig, Run, Scenario

_LEFT, _WIDTH, _ROW, _BAR = 92, 900, 24, 16
_NICE = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 7200, 86400)


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: int
    width: float
    height: int
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Lane:
    name: str
    y: int


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Timeline:
    width: int
    height: int
    lanes: tuple[Lane, ...]
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    words: str


def drawn(run: Run) -> Timeline | None:
    """Lay out the timeline; None when the run did not record when its examples began."""
    ran = [one for one in run.scenarios if one.began is not None and one.took_s is not None]
    if not ran:
        return None
    begin = min(_began(one) for one in ran)
    if run.began is not None:
        begin = min(begin, run.began)
    end = max(_began(one) + (one.took_s or 0.0) for one in ran)
    scale = _Scale(begin, max(end, run.ended or 0.0, begin + 0.001))
    workers = sorted({one.worker for one in ran})
    y = 26
    lanes, bars = [], []
    if opened := _shared(run):
        lanes.append(Lane("environment", y))
        bars.append(_opening(opened, y, scale))
        y += _ROW
    for worker in workers:
        lanes.append(Lane(worker or "runner", y))
        bars += [_example(one, y, scale) for one in ran if one.worker == worker]
        y += _ROW
    faults = [fault for fault in run.faults if fault.breaks and fault.at is not None]
    if faults:
        lanes.append(Lane("faults", y))
        bars += [_fault(fault, y, scale) for fault in faults]
        y += _ROW
    words = (
        f"{counted(len(ran), 'example')} on {counted(len(workers), 'worker')} within "
        f"{seconds(scale.end - scale.begin)}; {counted(len(faults), 'fault')}"
    )
    return Timeline(
        _LEFT + _WIDTH + 30, y + 4, tuple(lanes), tuple(bars), tuple(_ticks(scale)), words
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    begin: float
    end: float

    def x(self, at: float) -> float:
        share = (at - self.begin) / (self.end - self.begin)
        return round(_LEFT + _WIDTH * min(max(share, 0.0), 1.0), 1)

    def width(self, start: float, end: float) -> float:
        return max(round(self.x(end) - self.x(start), 1), 1.5)


def _began(scenario: Scenario) -> float:
    return scenario.began or 0.0


def _shared(run: Run) -> OpenedRig | None:
    """The shared environment, as it was opened first: it grows when a plan asks for more."""
    return next((one for one in run.opened if one.rig == "shared" and one.took_s and one.at), None)


def _opening(opened: OpenedRig, y: int, scale: _Scale) -> Bar:
    end, took = opened.at or 0.0, opened.took_s or 0.0
    label = f"{counted(len(opened.parts), 'part')} ready in {seconds(took)}"
    return Bar(scale.x(end - took), y + 3, scale.width(end - took, end), _BAR, "ready", label)


def _example(scenario: Scenario, y: int, scale: _Scale) -> Bar:
    start = _began(scenario)
    took = scenario.took_s or 0.0
    label = f"{scenario.title}: {scenario.verdict}, {seconds(took)}"
    kind = f"v-{scenario.verdict.replace(' ', '-')}"
    return Bar(scale.x(start), y + 3, scale.width(start, start + took), _BAR, kind, label)


def _fault(fault: Fault, y: int, scale: _Scale) -> Bar:
    start = fault.at or 0.0
    end = fault.until if fault.until is not None else start
    label = f"{fault.action} {fault.target} in {fault.rig}" + (
        f" for {seconds(end - start)}" if fault.until is not None else ""
    )
    return Bar(scale.x(start), y + 3, scale.width(start, end), _BAR, "fault", label)


def _ticks(scale: _Scale) -> Iterable[Tick]:
    length = scale.end - scale.begin
    step = next((nice for nice in _NICE if length / nice <= 9), length / 5)
    for number in range(int(length / step) + 1):
        label = f"{number * step:g} s" if number else "0"
        yield Tick(scale.x(scale.begin + number * step), label)
