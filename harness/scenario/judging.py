"""Judges exchanges against outcomes, with messages that a stranger can act on."""

import json
from collections.abc import Sequence
from typing import Any

from harness import patience
from harness.outcomes import OUTCOMES, difference
from harness.scenario.exchange import Exchange
from harness.scenario.stage import Stage
from harness.verdicts import Broken, Unknown


def require(exchanges: Sequence[Exchange], outcome: str, stage: Stage) -> None:
    """Require every exchange to be this outcome.

    Errors: Unknown if one timed out (neither admitted nor refused), Broken with the difference.
    """
    assert exchanges, "the When step made no call"
    for number, exchange in enumerate(exchanges, start=1):
        if exchange.timed_out:
            raise Unknown(f"call {number} got no answer: {exchange.error}")
        found = difference(outcome, exchange)
        if found:
            raise Broken(
                f"expected call {number} to be {outcome} ({OUTCOMES[outcome].status}): {found}, "
                f"in {exchange.took_ms:.0f} ms [{_place(exchange, stage)}]",
                exchange,
            )


def require_exactly(exchanges: Sequence[Exchange], count: int, outcome: str, stage: Stage) -> None:
    """Require exactly so many of the exchanges to be this outcome, whichever they are."""
    unknown = [exchange for exchange in exchanges if exchange.timed_out]
    found = sum(1 for exchange in exchanges if difference(outcome, exchange) is None)
    if unknown and found <= count <= found + len(unknown):
        raise Unknown(f"{len(unknown)} calls got no answer, {found} of {count} are {outcome}")
    if found != count:
        statuses = sorted(str(exchange.status) for exchange in exchanges)
        raise Broken(
            f"expected {count} calls of {len(exchanges)} to be {outcome}, found {found}: "
            f"{' '.join(statuses)} [{_place(exchanges[0], stage)}]"
        )


def require_broken_off(exchange: Exchange) -> None:
    """Require that the caller could tell: the answer ended before it was whole.

    Errors: Unknown if it timed out, Broken if a whole answer came.
    """
    if exchange.timed_out:
        raise Unknown(f"the call got no answer: {exchange.error}")
    if exchange.status is not None or not exchange.error:
        raise Broken(
            f"expected the answer to be broken off, got {exchange.status_in_words} as a whole one",
            exchange,
        )


def require_countdown(exchanges: Sequence[Exchange]) -> None:
    """Require the headers of the answered calls to count the budget down to zero, one by one."""
    answered = [exchange for exchange in exchanges if exchange.status == 200]
    remaining = [exchange.number("X-RateLimit-Remaining-Minute") for exchange in answered]
    limit = answered[0].number("X-RateLimit-Limit-Minute") if answered else -1
    assert remaining == list(range(limit - 1, -1, -1)), (
        f"expected the remaining budget to go from {limit - 1} to 0, got {remaining}"
    )
    assert limit == len(answered), (
        f"expected a limit of {len(answered)} in the headers, got {limit}"
    )


def require_window(exchanges: Sequence[Exchange], window_s: int) -> None:
    """Require the seconds to the reset to be those to the end of a window of the wall clock."""
    for number, exchange in enumerate(exchanges, start=1):
        reset = exchange.number("RateLimit-Reset")
        moments = (exchange.started_s, exchange.ended_s)
        latest, earliest = (window_s - int(moment) % window_s for moment in moments)
        apart = patience.CLOCKS_DIFFER_S
        assert earliest - apart <= reset <= latest + apart, (
            f"expected answer {number} to be {latest} s from the reset, it says {reset}"
        )


def records(exchange: Exchange) -> list[dict[str, Any]]:
    """Return the list that a service answered with, itself or as its only field."""
    body = json.loads(exchange.body)
    if isinstance(body, dict) and len(body) == 1:
        body = next(iter(body.values()))
    assert isinstance(body, list), f"expected a list of records, got {exchange.body[:200]!r}"
    return body


def _place(exchange: Exchange, stage: Stage) -> str:
    facts = stage.desk.client.facts
    return f"{exchange.replica}, {facts['environment']}, request {exchange.marker}"
