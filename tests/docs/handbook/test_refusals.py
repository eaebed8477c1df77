"""Which outcome is which refusal: both sides say the same, and nobody is left out."""

import pytest

from docs.handbook import refusals
from gateway.refusals import BY_CODE
from harness.outcomes import OUTCOMES
from harness.settings import ROOT

PAIRS = [(code, phrase) for code, phrases in refusals.SHOWN_BY.items() for phrase in phrases]


@pytest.mark.parametrize(("code", "phrase"), PAIRS)
def test_an_outcome_has_the_status_and_message_of_its_refusal(code: str, phrase: str) -> None:
    refusal, outcome = BY_CODE[code], OUTCOMES[phrase]

    assert outcome.by_gateway
    assert outcome.status == refusal.status
    assert outcome.message == refusal.message or code in refusals.RESAID


def test_every_outcome_that_the_gateway_makes_is_a_refusal() -> None:
    ours = {phrase for phrase, outcome in OUTCOMES.items() if outcome.by_gateway}

    assert ours == {phrase for _, phrase in PAIRS}


def test_what_is_said_of_a_refusal_is_said_of_one_that_there_is() -> None:
    assert {*refusals.SHOWN_BY, *refusals.RESAID, *refusals.TESTED_BY} <= BY_CODE.keys()
    assert [path for path in refusals.TESTED_BY.values() if not (ROOT / path).exists()] == []
