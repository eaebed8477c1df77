"""What was taken is there, once; what was not may be there, once; nothing else is."""

from typing import Any

import pytest

from harness.deliveries import Account, ids_of, settled, taken_in, untaken


def _attempt(batch: str, status: int | None = 202, events: int = 2, ended: float = 1.0) -> Any:
    return {"batch": batch, "events": events, "status": status, "ended": ended}


def test_everything_that_was_taken_and_is_there_once_is_clear() -> None:
    account = settled([_attempt("a"), _attempt("b")], [*ids_of("a", 2), *ids_of("b", 2)])

    assert account == Account([], [], [])
    assert account.is_clear


@pytest.mark.parametrize("order", [[503, 202], [202, 503], [None, 202]])
def test_a_batch_that_was_taken_at_any_attempt_is_taken(order: list[int | None]) -> None:
    attempts = [_attempt("a", status) for status in order]

    assert settled(attempts, ["a/0"]).lost == ["a/1"]
    assert untaken(attempts) == []


@pytest.mark.parametrize("documents", [[], ["a/0"], ["a/0", "a/1"]])
def test_a_batch_that_was_never_taken_may_be_there_or_not(documents: list[str]) -> None:
    attempts = [_attempt("a", 503), _attempt("a", None)]

    assert settled(attempts, documents).is_clear
    assert untaken(attempts) == ["a"]


@pytest.mark.parametrize("status", [202, 503])
def test_nothing_may_be_there_twice_taken_or_not(status: int) -> None:
    account = settled([_attempt("a", status)], ["a/0", "a/0", "a/1"])

    assert account.doubled == ["a/0"]
    assert not account.is_clear


def test_what_nobody_reported_is_unexpected() -> None:
    assert settled([_attempt("a")], ["a/0", "a/1", "a/2", "b/0"]).unexpected == ["a/2", "b/0"]


def test_it_says_how_many_and_names_the_first() -> None:
    account = settled([_attempt("a", events=9)], ["a/1", "a/1", "x"])

    assert str(account) == (
        "8 lost (a/0, a/2, a/3, …); 1 doubled (a/1); 1 that nobody reported (x)"
    )


def test_what_was_taken_in_a_stretch_of_time_is_named() -> None:
    attempts = [
        _attempt("a", ended=1.0),
        _attempt("b", ended=2.0),
        _attempt("c", 503, ended=2.0),
        _attempt("d", ended=3.0),
    ]

    assert taken_in(attempts, 1.5, 2.5) == ["b"]
