"""Long work in steps: the same result, and others get their turn."""

import asyncio
from time import perf_counter

import pytest

from gateway.slices import at_once, in_slices


def counting(to, fail=False):
    for _ in range(to):
        yield
    if fail:
        raise ValueError("broken")
    return to


def test_at_once():
    assert at_once(counting(0)) == 0
    assert at_once(counting(10)) == 10
    with pytest.raises(ValueError, match="broken"):
        at_once(counting(3, fail=True))


def test_in_slices():
    async def scenario():
        assert await in_slices(counting(10)) == 10
        with pytest.raises(ValueError, match="broken"):
            await in_slices(counting(3, fail=True), 0.0)

    asyncio.run(scenario())


def test_others_get_their_turn_after_each_slice():
    async def scenario():
        turns = []

        async def other():
            while True:
                turns.append(perf_counter())
                await asyncio.sleep(0)

        task = asyncio.create_task(other())
        await in_slices(counting(50), 0.0)
        before = len(turns)
        await in_slices(counting(50), 60.0)
        task.cancel()
        return before, len(turns) - before

    assert asyncio.run(scenario()) == (50, 0)
