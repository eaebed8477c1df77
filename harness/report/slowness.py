"""Which scenarios became slower, beyond what two runs differ by anyway.

The bound comes from the two runs themselves: all scenarios of a kind (in the shared environment, or
in a rig of their own, which boots processes) are compared, their median says how much slower the
machine was, and the spread around it (median absolute deviation) how noisy. Slower is what lies
six deviations above the median, at least half as long again, and at least a quarter of a second.
Between six runs of one commit on two processors that were shared with other work (38 to 64 s, all
thirty pairs) nothing was called slower with these bounds; with five deviations one was.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from harness.report.run import Run, Scenario
from harness.verdicts import Verdict
from harness.warden.rig import SHARED

_DEVIATIONS = 6.0
_LEAST_RATIO = 1.5
_LEAST_S = 0.25
_SHORTEST_S = 0.02  # below, a time is mostly chance
_FEWEST = 5  # with fewer scenarios of a kind nothing can be said about noise
_SIGMA = 1.4826  # from a median absolute deviation to a standard deviation
_CLOCK = "window"  # waiting for a counting window is the clock's, not the scenario's


@dataclass(frozen=True, slots=True)
class Slower:
    """Units: seconds. `bound_s` is what would still have been noise."""

    scenario: Scenario
    before_s: float
    after_s: float
    bound_s: float


def slower(before: Run, after: Run) -> list[Slower]:
    """Return what became slower, worst first; only what was proved in both is compared."""
    was, now = dict(_times(before)), dict(_times(after))
    found: list[Slower] = []
    for shared in (True, False):
        kind = [
            one for one in after.scenarios
            if one.id in was and one.id in now and (one.rig == SHARED) is shared
        ]  # fmt: skip
        found += _beyond_noise(kind, was, now)
    return sorted(found, key=lambda one: one.bound_s - one.after_s)


def _times(run: Run) -> Iterator[tuple[str, float]]:
    """Yield what each scenario took by itself; the first of each worker waits for the boot."""
    first: dict[str, Scenario] = {}
    for one in run.scenarios:
        if one.began is not None:
            known = first.get(one.worker)
            if known is None or known.began is None or one.began < known.began:
                first[one.worker] = one
    booted = {one.id for one in first.values()}
    for one in run.scenarios:
        if one.verdict == Verdict.PROVED and one.took_s is not None and one.id not in booted:
            waited = sum(took for reason, took in one.waits if _CLOCK in reason)
            yield one.id, max(one.took_s - waited, 0.0)


def _beyond_noise(
    kind: list[Scenario], was: dict[str, float], now: dict[str, float]
) -> Iterator[Slower]:
    if len(kind) < _FEWEST:
        return
    ratios = {
        one.id: math.log(max(now[one.id], _SHORTEST_S) / max(was[one.id], _SHORTEST_S))
        for one in kind
    }
    middle = median(ratios.values())
    spread = _SIGMA * median(abs(one - middle) for one in ratios.values())
    most = middle + max(_DEVIATIONS * spread, math.log(_LEAST_RATIO))
    for one in kind:
        as_fast = was[one.id] * math.exp(middle)
        bound = max(max(was[one.id], _SHORTEST_S) * math.exp(most), as_fast + _LEAST_S)
        if now[one.id] > bound:
            yield Slower(one, was[one.id], now[one.id], bound)
