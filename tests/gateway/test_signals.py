"""Signals: the first asks, the second ends, more change nothing."""

import asyncio
import os
import signal

import pytest

from gateway.signals import ENDING, Signals


@pytest.fixture(autouse=True)
def handlers():
    """The handlers outlive the loop, as they should, but not the test."""
    before = {number: signal.getsignal(number) for number in ENDING}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_the_first_two_are_told_apart_and_more_are_ignored():
    async def scenario():
        signals = Signals()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGINT):
            os.kill(os.getpid(), number)
            await asyncio.sleep(0.01)
        return await signals.first, await signals.second

    assert asyncio.run(scenario()) == (signal.SIGINT, signal.SIGTERM)


@pytest.mark.parametrize("came", [0, 1])
def test_once_it_is_settled_how_the_process_ends_nothing_changes_that(came):
    async def scenario():
        signals = Signals()
        for _ in range(came):
            os.kill(os.getpid(), signal.SIGTERM)
        signals.ignore()

    asyncio.run(scenario())
    for number in ENDING:
        os.kill(os.getpid(), number)  # the loop is gone; its handlers would be too
