"""Every phrase means one thing on the wire, and nothing that differs from it."""

from collections.abc import Callable
from typing import Any

import pytest

from harness.outcomes import ANY, NONE, OUTCOMES, Outcome, difference, message_of, request_id_of
from harness.scenario.exchange import Exchange

Make = Callable[..., Exchange]
EVERY = pytest.mark.parametrize("phrase", OUTCOMES)
WITH_MESSAGE = [phrase for phrase, outcome in OUTCOMES.items() if outcome.message is not None]
BY_GATEWAY = [phrase for phrase, outcome in OUTCOMES.items() if outcome.by_gateway]
HEADERS = [
    (phrase, name, value)
    for phrase, outcome in OUTCOMES.items()
    for name, value in outcome.headers.items()
]


def _meant(outcome: Outcome, **changed: Any) -> dict[str, Any]:
    """What an exchange looks like that is this outcome."""
    body = {"message": outcome.message or "some text", "request_id": "7f3a"}
    headers = {
        name: "17" if value == ANY else value
        for name, value in outcome.headers.items()
        if value != NONE
    }
    return {"status": outcome.status, "headers": headers, "body": body} | changed


@EVERY
def test_an_exchange_that_has_what_the_phrase_means_is_recognised(
    exchange: Make, phrase: str
) -> None:
    assert difference(phrase, exchange(**_meant(OUTCOMES[phrase]))) is None


@EVERY
@pytest.mark.parametrize("status", [200, 204, 400, 401, 403, 404, 429, 500, 502, 503, 504])
def test_another_status_is_rejected_and_named(exchange: Make, phrase: str, status: int) -> None:
    wanted = OUTCOMES[phrase].status
    if status == wanted:
        return

    found = difference(phrase, exchange(**_meant(OUTCOMES[phrase], status=status)))

    assert found == f"expected {wanted}, got {status}"


@EVERY
def test_no_answer_is_no_outcome(exchange: Make, phrase: str) -> None:
    silent = exchange(None, error="ConnectError: refused")

    assert difference(phrase, silent) == (
        f"expected {OUTCOMES[phrase].status}, got no answer (ConnectError: refused)"
    )


@pytest.mark.parametrize("phrase", WITH_MESSAGE)
@pytest.mark.parametrize(
    "body",
    [
        {"message": "Another message", "request_id": "7f3a"},
        {"request_id": "7f3a"},
        "not JSON at all",
        "",
        '["a list"]',
    ],
)
def test_another_message_is_rejected_and_shown(exchange: Make, phrase: str, body: Any) -> None:
    found = difference(phrase, exchange(**_meant(OUTCOMES[phrase], body=body)))

    assert found is not None
    assert found.startswith(f"expected the message {OUTCOMES[phrase].message!r}, got ")


@pytest.mark.parametrize(("phrase", "name", "value"), HEADERS)
def test_a_header_that_differs_is_rejected_and_named(
    exchange: Make, phrase: str, name: str, value: str
) -> None:
    meant = _meant(OUTCOMES[phrase])
    without = {key: found for key, found in meant["headers"].items() if key != name}
    odd = {**without, name: "something else"}

    if value == NONE:
        assert difference(phrase, exchange(**meant | {"headers": odd})) == (
            f"expected no header {name}, got 'something else'"
        )
    else:
        assert difference(phrase, exchange(**meant | {"headers": without})) is not None
    if value not in (ANY, NONE):
        assert difference(phrase, exchange(**meant | {"headers": odd})) == (
            f"expected {name}: {value}, got 'something else'"
        )


@pytest.mark.parametrize("phrase", BY_GATEWAY)
def test_a_refusal_of_a_service_is_not_taken_for_one_of_the_gateway(
    exchange: Make, phrase: str
) -> None:
    body = {"message": OUTCOMES[phrase].message or "some text"}

    found = difference(phrase, exchange(**_meant(OUTCOMES[phrase], body=body)))

    assert found is not None
    assert found.startswith("expected the gateway's own error with a request_id, got ")


@EVERY
def test_an_answer_to_head_is_judged_without_its_body(exchange: Make, phrase: str) -> None:
    meant = _meant(OUTCOMES[phrase], body="", method="HEAD")

    assert difference(phrase, exchange(**meant)) is None
    assert difference(phrase, exchange(**meant | {"status": 418})) is not None


def test_no_two_refusals_of_the_gateway_mean_the_same() -> None:
    meanings = [
        (one.status, one.message, *one.headers.items())
        for one in OUTCOMES.values()
        if one.by_gateway and one.message
    ]

    assert len(set(meanings)) == len(meanings)


def test_a_long_body_is_shown_in_part(exchange: Make) -> None:
    found = difference("refused as over quota", exchange(429, body="x" * 10_000))

    assert found is not None
    assert len(found) < 400


def test_message_and_request_id_of_what_has_none_are_none(exchange: Make) -> None:
    for body in ("", "text", "[1]", "{}", "null"):
        assert message_of(exchange(body=body)) is None
        assert request_id_of(exchange(body=body)) is None
