"""What came of a trial: whether the bug was noticed, by whom, in which step."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from harness.verdicts import Verdict
from tests.mutants.bug import Bug


class Outcome(StrEnum):
    """Only `caught` is good."""

    CAUGHT = "caught"
    ELSEWHERE = "caught in another step"
    SURVIVED = "survived"
    TOO_COARSE = "broke the control as well"
    INCONCLUSIVE = "inconclusive"
    STALE = "does not apply any more"


@dataclass(frozen=True, slots=True)
class Tried:
    """Shape: `also` are the others that noticed, of all scenarios if it was a `full` trial.
    Units: took_s is the whole trial in seconds; noticed_s from the scenario's first step on."""

    bug: Bug
    outcome: Outcome
    promise: str = ""
    step: str = ""
    found: str = ""
    took_s: float = 0.0
    noticed_s: float = 0.0
    also: tuple[str, ...] = ()
    full: bool = False

    def plain(self) -> dict[str, Any]:
        """Draw it for mutants.json."""
        rest = asdict(self)
        del rest["bug"]
        return {
            "id": self.bug.id,
            "kind": self.bug.kind,
            "bug": self.bug.what,
            "file": ", ".join(self.bug.files),
            "caught": self.outcome is Outcome.CAUGHT,
            "caught_by": self.bug.noticed_by,
            **rest,
            "outcome": str(self.outcome),
        }


def judged(bug: Bug, scenarios: Sequence[Mapping[str, Any]], took_s: float, death: str) -> Tried:
    """Judge a trial from the verdicts of its scenarios.

    Shape: scenarios as the journal's verdict records have them.
    """
    by_id = {scenario["id"]: scenario for scenario in scenarios}
    named, control = by_id.get(bug.noticed_by), by_id.get(bug.control)
    if named is None:
        return Tried(bug, Outcome.INCONCLUSIVE, found=death or "the scenario did not run",
                     took_s=took_s)  # fmt: skip
    broken_in = next((step["text"] for step in named["steps"] if not step["passed"]), "")
    outcome = _outcome(bug, named, control, broken_in, death)
    return Tried(
        bug, outcome, promise=named["rule"] or named["feature"], step=broken_in,
        found=death or named["reason"], took_s=took_s, noticed_s=named["took_s"],
        also=tuple(sorted(
            one["id"] for one in scenarios
            if one["id"] != bug.noticed_by and one["verdict"] == Verdict.BROKEN
        )),
    )  # fmt: skip


def _outcome(
    bug: Bug,
    named: Mapping[str, Any],
    control: Mapping[str, Any] | None,
    broken_in: str,
    death: str,
) -> Outcome:
    if death or (control is None and bug.control):
        return Outcome.INCONCLUSIVE
    if named["verdict"] == Verdict.PROVED:
        return Outcome.SURVIVED
    if named["verdict"] != Verdict.BROKEN:
        return Outcome.INCONCLUSIVE
    if control is not None and control["verdict"] != Verdict.PROVED:
        return Outcome.TOO_COARSE
    return Outcome.CAUGHT if broken_in == bug.step else Outcome.ELSEWHERE
