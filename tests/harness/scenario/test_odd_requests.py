"""Odd requests and the answers of functions: every entry of the two tables is what it says."""

import pytest

from harness.scenario.function_answers import ANSWERS
from harness.scenario.odd_requests import ODD_REQUESTS, Place

HERE = Place("/echo", "s1-test.gateway.test", "X-Mark: m")


@pytest.mark.parametrize("words", ANSWERS)
def test_an_answer_has_a_status_and_a_body(words: str) -> None:
    assert ANSWERS[words].keys() <= {"status", "headers", "body", "delay_s"}
    assert 200 <= ANSWERS[words]["status"] < 600
    assert "body" in ANSWERS[words]


@pytest.mark.parametrize("words", ODD_REQUESTS)
def test_an_odd_request_carries_its_mark_and_ends_its_head(words: str) -> None:
    sent = ODD_REQUESTS[words](HERE)

    assert b"X-Mark: m\r\n" in sent
    assert b"\r\n\r\n" in sent
    assert (b"Host: s1-test.gateway.test\r\n" in sent) is (words != "no host")


def test_no_two_odd_requests_are_the_same() -> None:
    assert len({draw(HERE) for draw in ODD_REQUESTS.values()}) == len(ODD_REQUESTS)
