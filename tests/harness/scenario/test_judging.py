"""Judging: broken with words a stranger can act on, unknown when a call got no answer."""

import json
from collections.abc import Callable

import pytest

from harness.scenario import judging
from harness.scenario.exchange import Exchange
from harness.scenario.stage import Stage
from harness.verdicts import Broken, Unknown

Make = Callable[..., Exchange]
OVER = "refused as over quota"


@pytest.fixture
def here(stage: Callable[..., Stage]) -> Stage:
    return stage()


@pytest.fixture
def over(exchange: Make) -> Exchange:
    body = {"message": "API rate limit exceeded", "request_id": "7f3a"}
    return exchange(429, {"Retry-After": "7"}, body)


@pytest.fixture
def silent(exchange: Make) -> Exchange:
    return exchange(None, error="timed out: ReadTimeout", timed_out=True)


def test_what_is_as_promised_is_accepted(over: Exchange, here: Stage) -> None:
    judging.require([over, over], OVER, here)


def test_what_is_not_is_broken_with_number_difference_time_and_place(
    exchange: Make, over: Exchange, here: Stage
) -> None:
    admitted = exchange(200)

    with pytest.raises(Broken) as broken:
        judging.require([over, admitted], OVER, here)

    assert str(broken.value) == (
        "expected call 2 to be refused as over quota (429): expected 429, got 200, "
        "in 12 ms [eu-1, embedded, request k3f9.s1-k3f9.w0-1]"
    )
    assert broken.value.exchange is admitted


@pytest.mark.parametrize("outcome", [OVER, "answered", "failed as too slow"])
def test_a_call_that_timed_out_is_unknown_and_never_refused_or_admitted(
    silent: Exchange, here: Stage, outcome: str
) -> None:
    with pytest.raises(Unknown, match="call 1 got no answer: timed out: ReadTimeout"):
        judging.require([silent], outcome, here)


def test_a_connection_that_failed_is_broken(exchange: Make, here: Stage) -> None:
    with pytest.raises(Broken, match=r"got no answer \(ConnectError: refused\)"):
        judging.require([exchange(None, error="ConnectError: refused")], "answered", here)


def test_no_calls_prove_nothing(here: Stage) -> None:
    with pytest.raises(AssertionError, match="the When step made no call"):
        judging.require([], "answered", here)


def test_exactly_so_many_whichever_they_are(exchange: Make, over: Exchange, here: Stage) -> None:
    batch = [over, exchange(200), over, exchange(200), over]

    judging.require_exactly(batch, 3, OVER, here)
    judging.require_exactly(batch, 2, "answered", here)
    judging.require_exactly(batch, 0, "refused as unroutable", here)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_more_or_fewer_are_broken_and_the_statuses_are_shown(
    exchange: Make, over: Exchange, here: Stage, count: int
) -> None:
    with pytest.raises(Broken) as broken:
        judging.require_exactly([over, exchange(200), over], count, OVER, here)

    assert str(broken.value).startswith(
        f"expected {count} calls of 3 to be refused as over quota, found 2: 200 429 429 [eu-1"
    )


@pytest.mark.parametrize(
    ("found", "silent_ones", "count", "verdict"),
    [
        (3, 1, 3, Unknown),  # the silent one may have been a fourth
        (2, 1, 3, Unknown),
        (2, 2, 3, Unknown),
        (1, 1, 3, Broken),  # too few, whatever the silent one was
        (4, 1, 3, Broken),  # too many, whatever the silent one was
        (3, 0, 3, None),
    ],
)
def test_a_silent_call_counts_as_either(
    over: Exchange, silent: Exchange, here: Stage,
    found: int, silent_ones: int, count: int, verdict: type[Exception] | None,
) -> None:  # fmt: skip
    batch = [over] * found + [silent] * silent_ones

    if verdict is None:
        judging.require_exactly(batch, count, OVER, here)
    else:
        with pytest.raises(verdict):
            judging.require_exactly(batch, count, OVER, here)


def _counted(exchange: Make, limit: int, *remaining: int) -> list[Exchange]:
    return [
        exchange(
            200,
            {"X-RateLimit-Limit-Minute": str(limit), "X-RateLimit-Remaining-Minute": str(left)},
        )
        for left in remaining
    ]


def test_a_budget_that_counts_down_one_by_one_is_accepted(exchange: Make, over: Exchange) -> None:
    judging.require_countdown([*_counted(exchange, 3, 2, 1, 0), over])


@pytest.mark.parametrize("remaining", [(2, 1), (2, 2, 0), (2, 0), (1, 0), (3, 2, 1), (2, 1, 0, 0)])
def test_a_budget_that_counts_otherwise_is_broken(exchange: Make, remaining: tuple[int]) -> None:
    with pytest.raises(AssertionError, match="budget to go from 2 to 0"):
        judging.require_countdown(_counted(exchange, 3, *remaining))


def test_a_countdown_without_headers_is_broken(exchange: Make) -> None:
    with pytest.raises(AssertionError):
        judging.require_countdown([exchange(200)])


def test_a_countdown_of_no_answers_is_broken(over: Exchange) -> None:
    with pytest.raises(AssertionError):
        judging.require_countdown([over])


@pytest.mark.parametrize(
    ("reset", "holds"), [(20, True), (17, True), (24, True), (50, False), (60, False), (-1, False)]
)
def test_a_window_of_a_minute_ends_with_the_minute(exchange: Make, reset: int, holds: bool) -> None:
    """Second 100 is twenty before the end of a minute; clocks may be five seconds apart."""
    one = exchange(200, {"RateLimit-Reset": str(reset)} if reset >= 0 else {})

    if holds:
        judging.require_window([one], 60)
    else:
        with pytest.raises(AssertionError, match="20 s from the reset"):
            judging.require_window([one], 60)


def test_records_are_a_list_by_itself_or_as_the_only_field(exchange: Make) -> None:
    rows = [{"id": 1}]

    assert (
        judging.records(exchange(body=rows if isinstance(rows, str) else json.dumps(rows))) == rows
    )
    assert judging.records(exchange(body={"users": rows})) == rows
    with pytest.raises(AssertionError, match="expected a list of records"):
        judging.records(exchange(body={"users": rows, "more": 1}))
