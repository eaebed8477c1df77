"""Signals: the first asks, the second ends, more change nothing."""

import asyncio
import os
import signal

from gateway.signals import Signals


def test_the_first_two_are_told_apart_and_more_are_ignored():
    async def scenario():
        signals = Signals()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGINT):
            os.kill(os.getpid(), number)
            await asyncio.sleep(0.01)
        return await signals.first, await signals.second

    assert asyncio.run(scenario()) == (signal.SIGINT, signal.SIGTERM)
