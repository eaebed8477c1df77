"""How a trial is judged: only the named scenario, in the named step, with a sound control, is caught."""

from pathlib import Path
from typing import Any

import pytest

from tests.mutants.bug import Bug
from tests.mutants.outcome import Outcome, judged

BUG = Bug(
    id="off-by-one", kind="bugs", what="off by one", noticed_by="named", patch=Path("x.patch"),
    files=("gateway/quota.py",), step="it is refused", control="control",
)  # fmt: skip


def _scenario(id_: str, verdict: str, *steps: tuple[str, bool]) -> dict[str, Any]:
    return {
        "id": id_, "rule": f"the promise of {id_}", "feature": "F", "verdict": verdict,
        "reason": "why", "took_s": 0.4,
        "steps": [{"text": text, "passed": passed} for text, passed in steps],
    }  # fmt: skip


BROKEN = _scenario("named", "broken", ("a call", True), ("it is refused", False))
SOUND = _scenario("control", "proved", ("a call", True))


@pytest.mark.parametrize(
    ("scenarios", "death", "outcome"),
    [
        ([BROKEN, SOUND], "", Outcome.CAUGHT),
        ([_scenario("named", "broken", ("a call", False)), SOUND], "", Outcome.ELSEWHERE),
        ([_scenario("named", "proved", ("a call", True)), SOUND], "", Outcome.SURVIVED),
        ([_scenario("named", "unknown", ("a call", False)), SOUND], "", Outcome.INCONCLUSIVE),
        ([_scenario("named", "not runnable here"), SOUND], "", Outcome.INCONCLUSIVE),
        ([BROKEN, _scenario("control", "broken", ("a", False))], "", Outcome.TOO_COARSE),
        ([BROKEN, _scenario("control", "unknown", ("a", False))], "", Outcome.TOO_COARSE),
        ([BROKEN], "", Outcome.INCONCLUSIVE),
        ([SOUND], "", Outcome.INCONCLUSIVE),
        ([], "", Outcome.INCONCLUSIVE),
        ([BROKEN, SOUND], "eu-1 died", Outcome.INCONCLUSIVE),
    ],
)
def test_a_trial_is_judged(scenarios: list[dict[str, Any]], death: str, outcome: Outcome) -> None:
    found = judged(BUG, scenarios, 2.5, death)

    assert found.outcome is outcome
    assert found.plain()["caught"] is (outcome is Outcome.CAUGHT)


def test_what_noticed_is_told_with_its_promise_and_step() -> None:
    other = _scenario("other", "broken", ("a call", False))

    found = judged(BUG, [BROKEN, SOUND, other], 2.5, "").plain()

    assert found["promise"] == "the promise of named"
    assert (found["step"], found["noticed_s"]) == ("it is refused", 0.4)
    assert found["also"] == ("other",)
