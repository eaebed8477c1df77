"""Of a refused batch only the bad events are lost, in few questions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.halving import MOST_PARTS, Halving


def outcome(lines, bad, status=400):
    """What a gate took that refuses every part with a bad event in it, and how often it was asked."""
    halving, taken, asked = Halving(lines), [], 0
    while (part := halving.part()) is not None:
        asked += 1
        if bad & set(part):
            halving.refused(status)
        else:
            taken += part
            halving.delivered()
    assert (halving.taken, halving.dropped) == (len(taken), len(lines) - len(taken))
    return taken, asked


def events(count):
    return [b"%d" % number for number in range(count)]


@given(st.integers(0, 60), st.sets(st.integers(0, 59), max_size=5))
def test_whatever_is_good_is_taken_in_its_order(count, numbers):
    bad = {b"%d" % number for number in numbers}
    taken, _ = outcome(events(count), bad)
    assert taken == [line for line in events(count) if line not in bad]


def test_one_bad_event_of_a_thousand_costs_twenty_questions():
    taken, asked = outcome(events(1000), {b"357"})
    assert len(taken) == 999
    assert asked <= 21


def test_where_everything_is_bad_the_questions_are_bounded():
    taken, asked = outcome(events(1000), set(events(1000)))
    assert taken == []
    assert asked <= MOST_PARTS + 2


@pytest.mark.parametrize("status", [401, 403, 404, 415])
def test_a_refusal_of_the_sender_is_not_halved(status):
    assert outcome(events(1000), {b"7"}, status) == ([], 1)


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_refusal_of_the_content_is(status):
    assert len(outcome(events(8), {b"7"}, status)[0]) == 7
