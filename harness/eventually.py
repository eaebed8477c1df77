"""The one wait loop: look until a condition holds, and say what was waited for when it does not."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from harness import patience

T = TypeVar("T")


class GaveUp(AssertionError):
    """A condition did not hold in time."""


@dataclass(frozen=True, slots=True)
class Wait:
    """One finished wait. Units: seconds."""

    reason: str
    took_s: float


def eventually(
    look: Callable[[], T],
    *,
    until: Callable[[T], bool],
    within_s: float,
    reason: str,
    every_s: float = patience.POLL_S,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,  # noqa: TID251 - the one place that pauses
) -> T:
    """Return what `look` found as soon as `until` is true of it.

    Errors: GaveUp with the reason and the last thing seen, after `within_s` seconds.
    """
    deadline = clock() + within_s
    while True:
        seen = look()
        if until(seen):
            return seen
        if clock() >= deadline:
            raise GaveUp(f"waited {within_s:g} s for {reason}, last saw {seen!r}")
        pause(every_s)


@dataclass(slots=True)
class Waits:
    """Remembers how long was waited, and for what: a run prints it by reason."""

    finished: list[Wait] = field(default_factory=list)

    def until(
        self,
        look: Callable[[], T],
        holds: Callable[[T], bool],
        *,
        within_s: float,
        reason: str,
        every_s: float = patience.POLL_S,
    ) -> T:
        began = time.monotonic()
        try:
            return eventually(look, until=holds, within_s=within_s, reason=reason, every_s=every_s)
        finally:
            self.note(reason, time.monotonic() - began)

    def note(self, reason: str, took_s: float) -> None:
        self.finished.append(Wait(reason, took_s))

    def for_the_clock(self, seconds: float, reason: str) -> None:
        """Let wall time pass. Only for the turn of a counting window, which nothing announces."""
        time.sleep(seconds)  # noqa: TID251 - a clock is the condition
        self.note(reason, seconds)
