"""Counting within a window: a batch of calls that a fixed window may not cut in two.

The When step looks at the clock first and waits for the turn when little is left. If the window
turned all the same it repeats the batch once, in the next window, where the budget is whole.
"""

import itertools
import time
from collections.abc import Callable, Sequence

from harness import patience
from harness.eventually import Waits
from harness.scenario.exchange import Exchange
from harness.verdicts import Unknown

_TURN = "the turn of the counting window"
_ROUNDED_S = 1
"""RateLimit-Reset counts in whole seconds."""


def left_of(window_s: int, now_s: float) -> float:
    """Seconds until a window aligned to the clock ends."""
    return window_s - now_s % window_s


def crossed(batch: Sequence[Exchange]) -> bool:
    """Did the window turn during the batch: did RateLimit-Reset rise by more than the batch took?

    Calls that were made at once may end in another order than they were counted in, so that a rise
    by a second says nothing; a turn sets the seconds back to a whole window.
    """
    in_order = sorted(batch, key=lambda exchange: exchange.ended_s)
    resets = [reset for e in in_order if (reset := e.number("RateLimit-Reset")) >= 0]
    if not resets:
        return False
    took_s = in_order[-1].ended_s - min(exchange.started_s for exchange in batch)
    lowest = itertools.accumulate(resets, min)
    rise = max(reset - low for reset, low in zip(resets, lowest, strict=True))
    return rise > took_s + _ROUNDED_S


def within_one_window(
    send: Callable[[], list[Exchange]],
    *,
    window_s: int,
    waits: Waits,
    reserve_s: float = patience.WINDOW_RESERVE_S,
    clock: Callable[[], float] = time.time,
) -> list[Exchange]:
    """Send the batch so that one window sees all of it; return the exchanges that count.

    Units:  reserve_s is what the window must have left for the batch to begin.
    Errors: Unknown when the window turned during the second attempt too.
    """
    left = left_of(window_s, clock())
    if left < reserve_s:
        waits.for_the_clock(left + 0.05, _TURN)
    for _attempt in (1, 2):
        batch = send()
        if not crossed(batch):
            return batch
        waits.for_the_clock(left_of(window_s, clock()) + 0.05, _TURN)
    raise Unknown("the counting window turned during both attempts; nothing can be said")
