"""The grammar of requests: the same numbers draw the same case, and honest ones are understood."""

import random

from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz import requests
from tests.fuzz.case import FIELD, cases_of
from tests.fuzz.meaning import requests_in


@given(st.integers(0, 10**6), st.integers(0, 1000))
def test_the_same_numbers_draw_the_same_case(number: int, seed: int) -> None:
    assert requests.case(number, seed) == requests.case(number, seed)


@given(st.randoms(use_true_random=False))
def test_a_request_without_a_mistake_is_understood_as_it_was_meant(draw: random.Random) -> None:
    drafts = [requests.honest(draw, 7, place) for place in range(3)]
    sent = b"".join(draft.bytes() for draft in drafts) + requests.honest_end(7, 3).bytes()

    read = requests_in(sent)

    assert (len(read.messages), read.ended, read.rest) == (4, "closed", b"")
    assert [cases_of(one.target, one.values(FIELD)) for one in read.messages] == [[7, 7]] * 4


@given(st.randoms(use_true_random=False))
def test_whatever_is_drawn_the_reader_has_an_opinion(draw: random.Random) -> None:
    case = requests.drawn(draw, 3)

    assert requests_in(case.bytes).ended
    assert case.requests >= 2


def test_every_mistake_is_made_and_changes_something() -> None:
    made = {name for number in range(3000) for name in requests.case(number, 1).mistakes}

    assert made >= requests.MISTAKES.keys()
