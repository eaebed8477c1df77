"""How far a run is, in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.plugin.progress import PLAIN_EVERY_S, Progress


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def far(clock: Clock) -> Progress:
    """Ten scenarios, none begun."""
    made = Progress(clock=clock)
    for number in range(10):
        made.expect(f"f::{number}", f"Title {number}")
    return made


def test_before_anything_is_known_it_promises_no_time(far: Progress) -> None:
    assert far.words() == "  0 of 10"


def test_it_says_what_is_done_left_and_running(far: Progress) -> None:
    far.begin("f::0")
    far.end("f::0", 2.0, failed=False)
    far.begin("f::1")
    far.begin("f::2")

    assert far.words() == "  1 of 10, about 18 s to go; now Title 1; Title 2"


def test_what_is_not_proved_is_said_while_it_goes_on(far: Progress) -> None:
    far.end("f::0", 1.0, failed=True)

    assert "1 of 10, 1 not proved, about" in far.words()


def test_workers_share_what_is_left(far: Progress) -> None:
    far.workers = 3
    far.end("f::0", 2.0, failed=False)

    assert far.to_go_s() == pytest.approx(6.0)


def test_what_a_running_scenario_took_already_is_not_to_come(far: Progress, clock: Clock) -> None:
    far.end("f::0", 2.0, failed=False)
    far.begin("f::1")
    clock.now += 1.5
    assert far.to_go_s() == pytest.approx(16.5)
    clock.now += 100
    assert far.to_go_s() == pytest.approx(16.0)


def test_with_a_history_it_knows_before_it_begins(far: Progress) -> None:
    far.usual = {f"f::{number}": float(number) for number in range(10)}

    assert far.to_go_s() == pytest.approx(45.0)


def test_a_run_that_is_slower_than_usual_is_expected_to_stay_so(far: Progress) -> None:
    far.usual = {f"f::{number}": 1.0 for number in range(10)}
    far.end("f::0", 3.0, failed=False)

    assert far.to_go_s() == pytest.approx(27.0)


def test_long_times_are_minutes(far: Progress) -> None:
    far.end("f::0", 60.0, failed=False)

    assert "about 9 min to go" in far.words()


def test_at_the_end_nothing_is_to_go(far: Progress) -> None:
    for number in range(10):
        far.end(f"f::{number}", 1.0, failed=False)

    assert far.words() == "  10 of 10"


@given(st.integers(min_value=1, max_value=60))
def test_it_fits_into_the_line(width: int) -> None:
    far = Progress()
    for number in range(5):
        far.expect(str(number), "A long title " * 3)
        far.begin(str(number))

    assert len(far.words(width)) <= width


def test_plain_lines_come_at_intervals(far: Progress, clock: Clock) -> None:
    assert not far.is_due()
    clock.now += PLAIN_EVERY_S - 1
    assert not far.is_due()
    clock.now += 1
    assert far.is_due()
    assert not far.is_due()


def test_what_was_not_expected_does_not_begin(far: Progress) -> None:
    far.begin("other")

    assert "now" not in far.words()
