"""Counts in the process."""

import asyncio

from gateway.counters.local import LocalCounter
from gateway.quota import Limit

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
