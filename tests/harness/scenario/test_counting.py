"""Batches that a counting window may not cut in two, with a clock of the test's own."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import patience
from harness.scenario.counting import crossed, left_of, within_one_window
from harness.scenario.exchange import Exchange
from harness.verdicts import Unknown


class Waits:
    """Stands for the harness's waits: letting the clock run moves the test's clock."""

    def __init__(self, now_s: float) -> None:
        self.now_s = now_s
        self.waited: list[tuple[float, str]] = []

    def for_the_clock(self, seconds: float, reason: str) -> None:
        self.waited.append((seconds, reason))
        self.now_s += seconds


@pytest.fixture(scope="module")
def batch(exchange: Callable[..., Exchange]) -> Callable[..., list[Exchange]]:
    """Exchanges whose RateLimit-Reset counts like this; None is an answer without the header."""

    def make(*resets: int | None) -> list[Exchange]:
        return [
            exchange(
                headers={} if reset is None else {"RateLimit-Reset": str(reset)},
                started_s=99.9 + number,
                ended_s=100.0 + number,
            )
            for number, reset in enumerate(resets)
        ]

    return make


def _counted(waits: Waits, *attempts: list[Exchange]) -> tuple[list[Exchange], int]:
    remaining = list(attempts)
    found = within_one_window(
        lambda: remaining.pop(0), window_s=60, waits=waits, clock=lambda: waits.now_s
    )  # type: ignore[arg-type]
    return found, len(attempts) - len(remaining)


@given(st.integers(1, 3600), st.floats(0, 4e9))
def test_what_is_left_of_a_window_ends_at_its_turn(window_s: int, now_s: float) -> None:
    left = left_of(window_s, now_s)

    assert 0 < left <= window_s
    assert (now_s + left) % window_s == pytest.approx(0, abs=1e-3) or (
        now_s + left
    ) % window_s == pytest.approx(window_s, abs=1e-3)


def test_a_batch_in_one_window_has_not_crossed(batch: Callable[..., list[Exchange]]) -> None:
    assert not crossed(batch(30, 30, 29, 28))
    assert not crossed(batch(30, None, 30))
    assert not crossed(batch())
    assert not crossed(batch(None, None))


def test_a_reset_that_rises_tells_that_the_window_turned(
    batch: Callable[..., list[Exchange]],
) -> None:
    assert crossed(batch(2, 1, 60))
    assert crossed(batch(1, None, 60))


def test_answers_may_end_in_another_order_than_they_were_counted_in(
    batch: Callable[..., list[Exchange]],
) -> None:
    assert not crossed(batch(55, 56, 55))
    assert not crossed(list(reversed(batch(3, 2, 1))))
    assert crossed(list(reversed(batch(1, 60))))


def test_seconds_pass_during_a_long_batch(batch: Callable[..., list[Exchange]]) -> None:
    assert not crossed(batch(*range(40, 10, -1)))
    assert crossed(batch(*range(20, 0, -1), *range(60, 55, -1)))


@given(resets=st.lists(st.integers(0, 60)))
def test_a_count_that_only_falls_never_crossed(resets: list[int], batch: Any) -> None:
    assert not crossed(batch(*sorted(resets, reverse=True)))


def test_in_the_middle_of_a_window_nothing_is_waited_for(
    batch: Callable[..., list[Exchange]],
) -> None:
    waits, wanted = Waits(now_s=120 + 30), batch(30, 30)

    found, attempts = _counted(waits, wanted)

    assert found is wanted
    assert attempts == 1
    assert waits.waited == []


def test_with_little_left_the_turn_is_awaited_before_the_first_call(
    batch: Callable[..., list[Exchange]],
) -> None:
    waits = Waits(now_s=120 - patience.WINDOW_RESERVE_S / 2)

    _counted(waits, batch(60))

    ((seconds, reason),) = waits.waited
    assert seconds == pytest.approx(patience.WINDOW_RESERVE_S / 2 + 0.05)
    assert reason == "the turn of the counting window"
    assert waits.now_s > 120


def test_with_just_enough_left_it_starts_at_once(batch: Callable[..., list[Exchange]]) -> None:
    waits = Waits(now_s=120 - patience.WINDOW_RESERVE_S)

    _counted(waits, batch(2))

    assert waits.waited == []


def test_a_crossed_batch_is_repeated_once_in_the_next_window_and_only_the_last_counts(
    batch: Callable[..., list[Exchange]],
) -> None:
    waits, second = Waits(now_s=150), batch(60, 59)

    found, attempts = _counted(waits, batch(1, 60), second)

    assert found is second
    assert attempts == 2
    assert waits.waited == [(30.05, "the turn of the counting window")]


def test_a_second_crossing_is_unknown_and_there_is_no_third_attempt(
    batch: Callable[..., list[Exchange]],
) -> None:
    waits = Waits(now_s=150)
    attempts = [batch(1, 60), batch(1, 60), batch(60)]

    with pytest.raises(Unknown, match="turned during both attempts"):
        within_one_window(
            lambda: attempts.pop(0),
            window_s=60,
            waits=waits,  # type: ignore[arg-type]
            clock=lambda: waits.now_s,
        )

    assert len(attempts) == 1


def test_a_long_batch_waits_for_the_turn_earlier(
    batch: Callable[..., list[Exchange]],
) -> None:
    waits = Waits(now_s=120 - 5)

    within_one_window(
        lambda: batch(60), window_s=60, waits=waits, reserve_s=6, clock=lambda: waits.now_s
    )

    assert len(waits.waited) == 1
