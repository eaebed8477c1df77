"""A run as values: what was promised, what was found, and the evidence from the wire.

Everything is frozen. What a file does not say is None (a number, a yes or no), "" (a text) or empty
(a collection); `said` turns that into words. Times are seconds since the epoch, `took_s` seconds.
Secrets were masked when the run wrote them: «jwt 1a2b3c4d» stands for one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.verdicts import Verdict

Pairs = tuple[tuple[str, str], ...]

NOT_RUN = "not run"
NOT_RECORDED = "not recorded"

VERDICTS: tuple[str, ...] = (*(str(one) for one in Verdict), NOT_RUN)
"""Every verdict that a scenario of a report can have, in the order in which they are counted."""


def said(value: object) -> str:
    """Return what a file said about something, or that it said nothing."""
    return NOT_RECORDED if value in (None, "", (), {}) else str(value)


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it was sent and answered. `status` is None when no answer came: `error` says why.

    Shape: scenario is its suffix; body_size is the length of the whole body, of which `body` may
           be the beginning only (`body_cut`); curl repeats it by hand, with $TOKEN for secrets.
    """

    scenario: str
    rig: str
    step: str
    marker: str
    replica: str
    method: str
    url: str
    path: str
    host: str
    request_headers: Pairs
    request_body: str
    request_body_size: int
    intended: float | None
    started: float | None
    ended: float | None
    status: int | None
    headers: Pairs
    body: str
    body_size: int
    error: str
    curl: str

    @property
    def took_s(self) -> float | None:
        if self.started is None or self.ended is None:
            return None
        return max(self.ended - self.started, 0.0)

    @property
    def unknown(self) -> bool:
        """Can nobody tell whether it was admitted?"""
        return self.status is None

    @property
    def body_cut(self) -> bool:
        return self.body_size > len(self.body)

    @property
    def request_body_cut(self) -> bool:
        return self.request_body_size > len(self.request_body)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request as a service saw it. `status` is what the service answered."""

    rig: str
    service: str
    at: float | None
    method: str
    path: str
    headers: Pairs
    marker: str
    function: str
    body: str
    body_size: int
    body_cut: bool
    status: int | None
    seq: int | None
    trailers: Pairs
    head: str


@dataclass(frozen=True, slots=True)
class Event:
    """The analytics event that a call became, with the field names of the index."""

    rig: str
    marker: str
    at: float | None
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of a part's log: an access line (with a marker), or a warning or error."""

    rig: str
    part: str
    marker: str
    at: float | None
    level: str
    message: str
    line: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """One action on a link or resource. `until` is when it was healed; None while it was not.

    Shape: action is cut, kill, end or pause (these have an `until`), heal, start, resume or look.
    """

    rig: str
    at: float | None
    action: str
    target: str
    bites: bool | None
    until: float | None = None

    @property
    def breaks(self) -> bool:
        return self.action in BREAKING


BREAKING: Mapping[str, str] = {"cut": "heal", "pause": "resume", "kill": "start", "end": "start"}
"""Actions that break something, and what heals them."""


@dataclass(frozen=True, slots=True)
class Publication:
    """A document that was handed to the gates of a rig. None in `document`: not recorded."""

    rig: str
    began: float | None
    at: float | None
    versions: Mapping[str, Any]
    refused: Mapping[str, Any]
    document: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class OpenedRig:
    """An environment that was opened; the one called "shared" belongs to the run."""

    rig: str
    at: float | None
    closed: float | None
    parts: tuple[str, ...]
    took_s: float | None
    cpu_s: float | None
    critical_path: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step as written, and as it went: `passed` is None for one that was not reached."""

    keyword: str
    text: str
    table: tuple[tuple[str, ...], ...] = ()
    docstring: str = ""
    passed: bool | None = None
    began: float | None = None
    took_s: float | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """An example with its verdict and all its evidence, each kind in the order of time.

    Shape: `verdict` is one of VERDICTS; "not run" has the reason when it is known; `selected`
           says whether this run meant to run it; `rig` is "shared" or the one of its own.
    """

    id: str
    file: str
    line: int | None
    area: str
    feature: str
    rule: str
    title: str
    tags: tuple[str, ...] = ()
    selected: bool = True
    suffix: str = ""
    rig: str = ""
    verdict: str = NOT_RUN
    reason: str = ""
    shown: tuple[str, ...] = ()
    began: float | None = None
    took_s: float | None = None
    worker: str = ""
    again: str = ""
    steps: tuple[Step, ...] = ()
    waits: tuple[tuple[str, float], ...] = ()
    calls: tuple[Call, ...] = ()
    arrivals: tuple[Arrival, ...] = ()
    events: tuple[Event, ...] = ()
    logs: tuple[LogLine, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def failed(self) -> bool:
        return self.verdict in (Verdict.BROKEN, Verdict.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Rule:
    """A promise. Its title is empty for examples that stand under no rule."""

    title: str
    description: str
    tags: tuple[str, ...]
    scenarios: tuple[Scenario, ...]


@dataclass(frozen=True, slots=True)
class Feature:
    file: str
    area: str
    title: str
    description: str
    tags: tuple[str, ...]
    rules: tuple[Rule, ...]

    @property
    def scenarios(self) -> Iterator[Scenario]:
        return (scenario for rule in self.rules for scenario in rule.scenarios)


@dataclass(frozen=True, slots=True)
class Run:
    """One run. `problems` say in words what is missing from the file; empty for a good one.

    Shape: `features` in the order in which they are written; calls, arrivals, events and faults
           hold everything, `logs` what no call accounts for; `unaccounted` are arrivals that
           nobody made; `counts` has every one of VERDICTS.
    """

    problems: tuple[str, ...] = ()
    format: int | None = None
    id: str = ""
    gateproof: str = ""
    command: str = ""
    environment: str = ""
    gateway: str = ""
    fidelity: Mapping[str, str] = field(default_factory=dict)
    seed: int | None = None
    jobs: int | None = None
    commit: str = ""
    dirty: bool | None = None
    machine: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    images: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    selection: Mapping[str, Any] = field(default_factory=dict)
    began: float | None = None
    ended: float | None = None
    finished: bool = False
    interrupted: bool = False
    exit: int | None = None
    death: str = ""
    stray: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    cost: Mapping[str, Any] = field(default_factory=dict)
    waits: tuple[tuple[str, float], ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    features: tuple[Feature, ...] = ()
    calls: tuple[Call, ...] = ()
    arrivals: tuple[Arrival, ...] = ()
    unaccounted: tuple[Arrival, ...] = ()
    events: tuple[Event, ...] = ()
    logs: tuple[LogLine, ...] = ()
    faults: tuple[Fault, ...] = ()
    publications: tuple[Publication, ...] = ()
    opened: tuple[OpenedRig, ...] = ()

    @property
    def scenarios(self) -> Iterator[Scenario]:
        return (scenario for feature in self.features for scenario in feature.scenarios)

    @property
    def documents(self) -> tuple[Publication, ...]:
        """Publications whose document is recorded."""
        return tuple(one for one in self.publications if one.document is not None)

    @property
    def took_s(self) -> float | None:
        if self.began is None or self.ended is None:
            return None
        return max(self.ended - self.began, 0.0)
