"""Watches one scenario run: its steps and their times, the verdict, and what a failure has to show."""

import time
from dataclasses import asdict, dataclass, field
from typing import Any

import pytest

from harness.eventually import GaveUp
from harness.scenario.calls import Calls
from harness.scenario.exchange import Exchange, in_words
from harness.scenario.stage import Stage
from harness.specification.catalogue import Example
from harness.verdicts import NotRunnable, PlanRefused, Unknown, Verdict
from harness.warden.wire import EnvironmentDied, Refused, WardenLost


@dataclass(slots=True)
class StepSeen:
    """One step as it went. Units: began is seconds since the epoch, took_s seconds."""

    keyword: str
    text: str
    passed: bool
    took_s: float
    began: float


@dataclass(slots=True)
class Seen:
    """What is reported of one scenario; everything in it can be written as JSON."""

    id: str
    area: str
    feature: str
    rule: str
    title: str
    suffix: str
    verdict: str = ""
    took_s: float = 0.0
    reason: str = ""
    shown: list[str] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    waits: list[tuple[str, float]] = field(default_factory=list)
    began: float = 0.0
    tags: list[str] = field(default_factory=list)
    rig: str = ""
    worker: str = ""

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def before_the_first_step(example: Example, verdict: Verdict, reason: str) -> Seen:
    """Report a scenario of which no step was seen."""
    return Seen(
        example.id, example.area, example.feature, example.rule, example.title, "",
        str(verdict), reason=reason, began=time.time(), tags=sorted(example.tags),
    )  # fmt: skip


class Watch:
    """Follows the steps of the scenario that is running."""

    def __init__(self, example: Example, stage: Stage) -> None:
        self.example = example
        self.stage = stage
        self.steps: list[StepSeen] = []
        self.began = time.time()
        self._began = time.monotonic()
        self._step_began = self._began
        self._calls: Calls | None = None

    def follow(self, calls: Calls) -> None:
        """Show one of these calls if the scenario fails."""
        self._calls = calls

    def begin(self, keyword: str, text: str) -> None:
        self.stage.step = text
        self._step_began = time.monotonic()
        self.steps.append(StepSeen(keyword, text, passed=False, took_s=0.0, began=time.time()))

    def end(self, *, passed: bool) -> None:
        self.steps[-1].passed = passed
        self.steps[-1].took_s = round(time.monotonic() - self._step_began, 4)

    def unless_died(self, verdict: Verdict, reason: str) -> tuple[Verdict, str]:
        """A promise is not broken by an environment that died under it: that is unknown."""
        try:
            self.stage.desk.client.call("alive")
        except (EnvironmentDied, WardenLost) as death:
            return Verdict.UNKNOWN, f"{death}; before that: {reason}"
        return verdict, reason

    def finish(self, verdict: Verdict, reason: str, error: BaseException | None) -> Seen:
        example = self.example
        seen = Seen(
            id=example.id,
            area=example.area,
            feature=example.feature,
            rule=example.rule,
            title=example.title,
            suffix=self.stage.scope.suffix,
            verdict=str(verdict),
            took_s=round(time.monotonic() - self._began, 4),
            reason=self.stage.desk.mask.text(reason),
            steps=[asdict(step) for step in self.steps],
            waits=[(wait.reason, round(wait.took_s, 4)) for wait in self.stage.waits.finished],
            began=self.began,
            tags=sorted(example.tags),
            rig=self.stage.rig_name,
            worker=self.stage.desk.worker,
        )
        if verdict in (Verdict.BROKEN, Verdict.UNKNOWN):
            seen.shown = self._shown(error)
        return seen

    def _shown(self, error: BaseException | None) -> list[str]:
        """Draw the call that the failure is about, else the last that the When step made."""
        made = (self._calls.batch or self._calls.made) if self._calls else []
        exchange = getattr(error, "exchange", None) or (made[-1] if made else None)
        if not isinstance(exchange, Exchange):
            return []
        mask = self.stage.desk.mask
        return [*in_words(exchange, mask), f"by hand: {exchange.curl(mask)}"]


def verdict_of(error: BaseException | None) -> tuple[Verdict, str]:
    """Tell what an exception says about the promise."""
    if error is None:
        return Verdict.PROVED, ""
    if isinstance(error, NotRunnable):
        return Verdict.NOT_RUNNABLE, str(error)
    if isinstance(error, GaveUp | AssertionError):
        words = str(error).partition("\nassert ")[0]  # pytest adds the expression to the message
        return Verdict.BROKEN, words or "an assertion without words"
    if isinstance(error, Unknown | EnvironmentDied | WardenLost | Refused):
        return Verdict.UNKNOWN, str(error)
    return Verdict.UNKNOWN, f"the harness failed: {type(error).__name__}: {error}"


def ends_the_run(error: BaseException | None) -> bool:
    """Is nothing to be learned from the scenarios that would come next?"""
    return isinstance(error, EnvironmentDied | WardenLost | PlanRefused)


def worker_was_killed(report: pytest.TestReport) -> bool:
    """xdist reports the scenario of a killed worker with a phase that pytest does not have."""
    return str(report.when) == "???"
