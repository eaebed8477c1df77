"""Counts in the process."""

import asyncio
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from gateway.counters.local import LocalCounter
from gateway.quota import PERIODS, Limit

MINUTE, HOUR = Limit("minute", 2), Limit("hour", 3)


def spent(clock, *keys, limits=(MINUTE, HOUR)):
    counter = LocalCounter(lambda: clock[0])

    async def use():
        found = []
        for key, now in keys:
            clock[0] = now
            found.append(await counter.spend(key, limits))
        return found

    return asyncio.run(use()), counter


def test_counting_and_deciding_are_one_step():
    counts, _ = spent([0], *[("a", 0)] * 3)
    assert [(count.admitted, count.used) for count in counts] == [
        (True, (0, 0)),
        (True, (1, 1)),
        (False, (2, 2)),
    ]


def test_a_new_window_is_empty_and_the_longer_one_is_not():
    counts, _ = spent([0], ("a", 0), ("a", 1), ("a", 2), ("a", 60), ("a", 61))
    assert [count.admitted for count in counts] == [True, True, False, True, False]
    assert counts[-1].used == (1, 3)


def test_ended_windows_take_no_memory():
    _, counter = spent([0], *[(str(n), n * 60) for n in range(50)], limits=(MINUTE,))
    assert len(counter._windows) == 1
    assert len(counter._windows[60][1]) == 1


def test_a_clock_that_steps_back_opens_no_new_window():
    counts, _ = spent([0], ("a", 60), ("a", 61), ("a", 59), limits=(MINUTE,))
    assert [count.admitted for count in counts] == [True, True, False]


def test_invented_identifiers_take_bounded_memory(monkeypatch):
    monkeypatch.setattr("gateway.counters.local.MOST_KEYS", 10)
    _, counter = spent([0], *[(str(n), 0) for n in range(50)], limits=(MINUTE,))
    assert list(counter._windows[60][1]) == [str(n) for n in range(40, 50)]


@given(
    st.lists(
        st.builds(Limit, st.sampled_from(sorted(PERIODS)), st.integers(1, 5)),
        min_size=1,
        max_size=4,
        unique_by=lambda limit: limit.period,
    ),
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 90)), max_size=40),
)
def test_no_interleaving_ever_gets_more_than_was_promised(limits, steps):
    """Every window of every limit, whoever calls when; a rejected call is counted in none."""
    now, calls = 1_700_000_000, []
    for key, pause in steps:
        now += pause
        calls.append((key, now))
    counts, _ = spent([0], *calls, limits=tuple(limits))
    admitted = Counter()
    for (key, at), count in zip(calls, counts, strict=True):
        places = [(key, limit, at - at % limit.window_s) for limit in limits]
        assert count.used == tuple(admitted[place] for place in places)
        assert count.admitted == all(admitted[place] < place[1].calls for place in places)
        admitted.update(places if count.admitted else [])
