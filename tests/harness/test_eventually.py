"""The one wait loop, with a clock of the test's own."""

import pytest

from harness.eventually import GaveUp, Waits, eventually


class Clock:
    """Time passes only in pauses, and as long as a look takes."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


def test_a_condition_that_holds_is_returned_at_once_without_a_pause() -> None:
    clock = Clock()

    found = eventually(
        lambda: 7,
        until=lambda n: n == 7,
        within_s=0,
        reason="seven",
        clock=clock,
        pause=clock.pause,
    )

    assert found == 7
    assert clock.pauses == []


def test_it_looks_again_until_the_condition_holds() -> None:
    clock, seen = Clock(), iter([1, 2, 3, 4])

    found = eventually(
        lambda: next(seen), until=lambda n: n == 3, within_s=10, reason="three",
        every_s=0.5, clock=clock, pause=clock.pause,
    )  # fmt: skip

    assert found == 3
    assert clock.pauses == [0.5, 0.5]


def test_it_gives_up_with_the_reason_and_what_it_last_saw() -> None:
    clock, seen = Clock(), iter(range(100))

    with pytest.raises(GaveUp) as gave_up:
        eventually(
            lambda: next(seen), until=lambda n: False, within_s=2, reason="a miracle",
            every_s=0.5, clock=clock, pause=clock.pause,
        )  # fmt: skip

    assert str(gave_up.value) == "waited 2 s for a miracle, last saw 4"
    assert clock.now == 2


def test_it_looks_once_more_when_the_time_is_up() -> None:
    """A slow look must not cost the last chance: it looks first, and only then at the clock."""
    clock = Clock()

    def slow_look() -> float:
        clock.now += 60
        return clock.now

    found = eventually(
        slow_look, until=lambda now: now > 100, within_s=61, reason="r",
        clock=clock, pause=clock.pause,
    )  # fmt: skip

    assert found > 100


def test_giving_up_counts_as_a_broken_promise() -> None:
    assert issubclass(GaveUp, AssertionError)


def test_waits_remember_what_was_waited_for_also_when_it_never_came() -> None:
    waits = Waits()

    assert waits.until(lambda: 1, bool, within_s=1, reason="one") == 1
    with pytest.raises(GaveUp):
        waits.until(lambda: 0, bool, within_s=0, reason="nothing")

    assert [wait.reason for wait in waits.finished] == ["one", "nothing"]
    assert all(wait.took_s >= 0 for wait in waits.finished)


def test_a_look_that_fails_is_not_waited_over() -> None:
    waits = Waits()

    with pytest.raises(ZeroDivisionError):
        waits.until(lambda: 1 / 0, bool, within_s=10, reason="r")

    assert len(waits.finished) == 1
