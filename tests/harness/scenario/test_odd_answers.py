"""Odd answers are scripts that the upstream takes; a whole answer is not one that was broken off."""

import json

import pytest

from harness.scenario.exchange import Exchange
from harness.scenario.judging import require_broken_off
from harness.scenario.odd_answers import ODD_ANSWERS
from harness.verdicts import Broken, Unknown
from services.upstream.scripts import read_script


@pytest.mark.parametrize("words", ODD_ANSWERS)
def test_the_upstream_takes_every_odd_answer(words: str) -> None:
    read_script(json.dumps(ODD_ANSWERS[words]).encode())


def call(**how: object) -> Exchange:
    return Exchange("m", "eu-1", "GET", "http://x/", "x", (), "", 0, 0, 0, **how)  # type: ignore[arg-type]


def test_only_an_answer_that_ended_early_is_broken_off() -> None:
    require_broken_off(call(error="RemoteProtocolError: incomplete"))
    with pytest.raises(Broken, match="as a whole one"):
        require_broken_off(call(status=200))
    with pytest.raises(Unknown):
        require_broken_off(call(error="timed out", timed_out=True))
