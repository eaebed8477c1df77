"""What came back: the Then steps about answers."""

import json

from pytest_bdd import then

from harness.scenario import judging
from harness.scenario.calls import Calls
from harness.specification.sentences import says


@then(says("the call is {outcome:Outcome}"))
def _(calls: Calls, outcome: str) -> None:
    judging.require([calls.last], outcome, calls.stage)


@then(says("every call is {outcome:Outcome}"))
def _(calls: Calls, outcome: str) -> None:
    judging.require(calls.batch, outcome, calls.stage)


@then(says("the first {count:d} calls are {outcome:Outcome}"))
def _(calls: Calls, count: int, outcome: str) -> None:
    judging.require(calls.batch[:count], outcome, calls.stage)


@then(says("the {number:Ordinal} call is {outcome:Outcome}"))
def _(calls: Calls, number: int, outcome: str) -> None:
    judging.require([calls.batch[number - 1]], outcome, calls.stage)


@then(says("exactly {count:d} calls are {outcome:Outcome}"))
def _(calls: Calls, count: int, outcome: str) -> None:
    judging.require_exactly(calls.batch, count, outcome, calls.stage)


@then(says("the other {count:d} calls are {outcome:Outcome}"))
def _(calls: Calls, count: int, outcome: str) -> None:
    judging.require_exactly(calls.batch, count, outcome, calls.stage)


@then(says('the answer says "{text}"'))
def _(calls: Calls, text: str) -> None:
    assert calls.last.body.strip() == text, f"expected {text!r}, got {calls.last.body[:200]!r}"


@then(says('the answer lists {count:d} records, and one belongs to "{email}"'))
def _(calls: Calls, count: int, email: str) -> None:
    records = judging.records(calls.last)
    assert len(records) == count, f"expected {count} records, got {len(records)}"
    assert email in {record["email"] for record in records}


@then(says('the answer is the record of "{email}"'))
def _(calls: Calls, email: str) -> None:
    record = json.loads(calls.last.body)
    assert record["email"] == email, f"expected the record of {email}, got {record!r}"


@then("the remaining budget counts down to zero")
def _(calls: Calls) -> None:
    judging.require_countdown(calls.batch)


@then("every answer says that the window ends with the minute")
def _(calls: Calls) -> None:
    judging.require_window(calls.batch, 60)


@then("the answer carries no trace of a limit")
def _(calls: Calls) -> None:
    assert calls.last.header("RateLimit-Limit") is None, "a refused caller was counted"


@then("every answer has a request id of its own")
def _(calls: Calls) -> None:
    ids = {exchange.header("X-Request-Id") for exchange in calls.batch}
    assert None not in ids, "an answer has no X-Request-Id"
    assert len(ids) == len(calls.batch), f"{len(calls.batch)} answers share {len(ids)} ids"


@then(says('every answer has another "{name}"'))
def _(calls: Calls, name: str) -> None:
    found = [exchange.header(name) for exchange in calls.batch]
    assert None not in found, f"an answer has no {name}"
    assert len(set(found)) == len(found), f"{len(found)} answers share {len(set(found))} {name}"


@then(says('the answer has the header "{name}"'))
def _(calls: Calls, name: str) -> None:
    assert calls.last.header(name), f"expected the header {name} in the answer"


@then(says('the answer allows "{origin}"'))
def _(calls: Calls, origin: str) -> None:
    found = calls.last.header("Access-Control-Allow-Origin")
    assert found == origin, f"expected {origin} to be allowed, found {found!r}"


@then(says("the last answer says that {count:d} calls {period:Period} remain"))
def _(calls: Calls, count: int, period: str) -> None:
    found = calls.last.number(f"X-RateLimit-Remaining-{period}")
    assert found == count, f"expected {count} calls per {period} to remain, found {found}"


@then("only the first call had to wait")
def _(calls: Calls) -> None:
    slow = [number for number, one in enumerate(calls.batch, start=1) if one.took_ms > 500]
    assert slow in ([], [1]), f"expected at most the first call to take long, found {slow}"


@then("the connection is closed")
def _(calls: Calls) -> None:
    found = calls.last.header("Connection")
    assert found == "close", f"expected Connection: close, found {found!r}"


@then("nothing follows the head of the answer")
def _(calls: Calls) -> None:
    assert calls.last.body == "", f"expected a head alone, found {calls.last.body[:200]!r} after it"


@then("the call is broken off")
def _(calls: Calls) -> None:
    judging.require_broken_off(calls.last)
