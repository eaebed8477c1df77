"""What the keeper of a run does at its end."""

from types import SimpleNamespace
from typing import Any

import pytest

from harness.plugin.keeper import RunKeeper
from harness.report import Results
from harness.verdicts import Exit


@pytest.fixture
def keeper(monkeypatch: pytest.MonkeyPatch) -> RunKeeper:
    """A keeper without a run; what it would write is noted in `written`."""
    made: Any = RunKeeper.__new__(RunKeeper)
    made.config = SimpleNamespace(getoption=lambda name: False)
    made.results, made.death, made.interrupted = Results("k3f9"), "", False
    made._runner, made._recorder, made.folder = object(), object(), SimpleNamespace(path="report")
    made.written = []
    made._drain = lambda: None
    made._end = lambda: None

    def close(*_: object, interrupted: bool) -> list[str]:
        made.written.append((interrupted, made.results.exit))
        if made.interrupt_first and len(made.written) == 1:
            raise KeyboardInterrupt
        return []

    monkeypatch.setattr("harness.plugin.closing.close", close)
    return made


def _finish(keeper: Any, *, interrupt: bool) -> list[tuple[bool, Exit]]:
    keeper.interrupt_first = interrupt
    keeper.pytest_sessionfinish(SimpleNamespace(exitstatus=0), 0)
    written: list[tuple[bool, Exit]] = keeper.written
    return written


def test_results_are_written_once(keeper: RunKeeper) -> None:
    assert _finish(keeper, interrupt=False) == [(False, Exit.NOTHING_RAN)]


def test_an_interrupt_while_results_are_written_does_not_lose_them(keeper: RunKeeper) -> None:
    assert _finish(keeper, interrupt=True)[-1] == (True, Exit.INTERRUPTED)
