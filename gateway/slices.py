"""Long work in small steps: done at once, or a few milliseconds at a time beside other work."""

import asyncio
from collections.abc import Generator
from time import perf_counter
from typing import TypeVar

T = TypeVar("T")

# Work that says where it may be interrupted, and returns its result at the end.
Steps = Generator[None, None, T]

SLICE_S = 0.004


def at_once(steps: Steps[T]) -> T:
    """The result, without a pause."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


async def in_slices(steps: Steps[T], slice_s: float = SLICE_S) -> T:
    """The result; the event loop gets a turn whenever a slice is used up.

    Whoever cancels this leaves the work where it is.
    """
    slice_end = perf_counter() + slice_s
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        if perf_counter() >= slice_end:
            await asyncio.sleep(0)
            slice_end = perf_counter() + slice_s
