"""The verdicts a scenario can get, and what a run's exit code says about them."""

from collections.abc import Iterable
from enum import IntEnum, StrEnum


class Verdict(StrEnum):
    PROVED = "proved"
    BROKEN = "broken"
    UNKNOWN = "unknown"
    KNOWN_DEVIATION = "known deviation"
    NOT_SUPPORTED = "not supported"
    NOT_RUNNABLE = "not runnable here"


class Exit(IntEnum):
    PROVED = 0
    BROKEN = 1
    NOTHING_RAN = 2
    ENVIRONMENT_DIED = 3
    INTERRUPTED = 130


class Broken(AssertionError):
    """The subject broke its promise. `exchange` is the call that shows it, where there is one."""

    def __init__(self, text: str, exchange: object = None) -> None:
        super().__init__(text)
        self.exchange = exchange


class Unknown(Exception):
    """It cannot be told whether the promise was kept, a call that timed out for example."""


class PlanRefused(Unknown):
    """The gateway refused what the scenarios declare: nothing of this run can be judged."""


class NotRunnable(Exception):
    """This environment lacks something that the scenario needs."""


def exit_code(verdicts: Iterable[Verdict], *, strict: bool = False) -> Exit:
    """Say what a run proved. Interruption and a dead environment are decided by the caller."""
    seen = set(verdicts)
    if seen & {Verdict.BROKEN, Verdict.UNKNOWN}:
        return Exit.BROKEN
    if strict and Verdict.NOT_RUNNABLE in seen:
        return Exit.BROKEN
    if Verdict.PROVED in seen:
        return Exit.PROVED
    return Exit.NOTHING_RAN
