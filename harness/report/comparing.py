"""Two runs side by side: newly broken, fixed, added, removed, slower, answers of another shape."""

from dataclasses import dataclass

from harness.report import shapes
from harness.report.run import NOT_RUN, Run, Scenario
from harness.report.slowness import Slower, slower
from harness.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Change:
    """A scenario whose verdict is another one; `before` is "" when it was not there."""

    scenario: Scenario
    before: str


@dataclass(frozen=True, slots=True)
class Reshaped:
    """A request whose answers have another shape; `differences` in words."""

    scenario: Scenario
    request: str
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Shape: `turned` are verdicts that changed and are neither newly broken nor fixed; a scenario
    that is new and broken stands under `newly_broken` and `added`.
    """

    before: Run
    after: Run
    newly_broken: tuple[Change, ...]
    fixed: tuple[Change, ...]
    turned: tuple[Change, ...]
    added: tuple[Scenario, ...]
    removed: tuple[Scenario, ...]
    slower: tuple[Slower, ...]
    reshaped: tuple[Reshaped, ...]

    @property
    def same(self) -> bool:
        """Is there nothing to tell?"""
        return not (
            self.newly_broken or self.fixed or self.turned or self.added or self.removed
            or self.slower or self.reshaped
        )  # fmt: skip


def compare(before: Run, after: Run) -> Comparison:
    was = {one.id: one for one in before.scenarios}
    now = {one.id: one for one in after.scenarios}
    common = [one for one in now.values() if one.id in was]
    changes = [
        Change(one, was[one.id].verdict) for one in common if one.verdict != was[one.id].verdict
    ]
    added = [one for one in now.values() if one.id not in was]
    new_and_broken = [Change(one, "") for one in added if one.failed]
    newly_broken = [
        one for one in changes if one.scenario.failed and not was[one.scenario.id].failed
    ]
    fixed = [
        one for one in changes
        if was[one.scenario.id].failed and one.scenario.verdict == Verdict.PROVED
    ]  # fmt: skip
    known = {one.scenario.id for one in (*newly_broken, *fixed)}
    return Comparison(
        before=before,
        after=after,
        newly_broken=(*newly_broken, *new_and_broken),
        fixed=tuple(fixed),
        turned=tuple(one for one in changes if one.scenario.id not in known),
        added=tuple(added),
        removed=tuple(one for one in was.values() if one.id not in now),
        slower=tuple(slower(before, after)),
        reshaped=tuple(
            found for one in common for found in _reshaped(was[one.id], one)
        ),
    )  # fmt: skip


def _reshaped(before: Scenario, after: Scenario) -> list[Reshaped]:
    """Compare the answers to requests that both made."""
    if NOT_RUN in (before.verdict, after.verdict):
        return []
    was, now = shapes.by_request(before), shapes.by_request(after)
    return [
        Reshaped(after, request, found)
        for request in was
        if request in now and (found := tuple(shapes.differences(was[request], now[request])))
    ]
