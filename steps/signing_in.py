"""Logging in: the login function, its key, and the token it hands out."""

import json

from pytest_bdd import given, then, when

from harness.gateways.contract import Gateway
from harness.scenario import functions, people
from harness.scenario.callers import Caller
from harness.scenario.calls import Call, Calls
from harness.scenario.stage import Stage
from harness.specification.sentences import asks_for, says

_JSON = (("Content-Type", "application/json"),)


@given(says("the login function signs with the key of {consumer}, as the admin port tells it"))
def _(stage: Stage, gateway: Gateway, calls: Calls, consumer: str) -> None:
    key = gateway.credentials(stage.scope.name(consumer.lower()))[0]["key"]
    functions.configure(stage, calls, {"KID": key})


def _log_in(calls: Calls, caller: Caller, who: str, password: str) -> None:
    body = json.dumps({"email": people.PEOPLE[who].email, "password": password})
    calls.one(Call("POST", "/login", caller.first_replica, _JSON, body))


@when(says("{who} logs in"))
def _(calls: Calls, caller: Caller, who: str) -> None:
    _log_in(calls, caller, who, people.PEOPLE[who].password)


@when(says("{who} logs in with a wrong password"))
def _(calls: Calls, caller: Caller, who: str) -> None:
    _log_in(calls, caller, who, "open sesame")


@given(says("{who} has logged in"))
def _(calls: Calls, caller: Caller, who: str) -> None:
    _log_in(calls, caller, who, people.PEOPLE[who].password)
    caller.handed[who] = functions.token_in(calls.last)


@then(says("the function hands out a token for {who} with the key of {consumer}"))
def _(calls: Calls, caller: Caller, who: str, consumer: str) -> None:
    claims = functions.claims_of(calls.last, calls.stage.desk.secrets["jwt"])
    wanted = {"email": people.PEOPLE[who].email, "kid": caller.key_of(consumer)}
    found = {name: claims.get(name) for name in wanted}
    assert found == wanted, f"expected a token for {wanted}, got {found}"
    assert claims["exp"] - claims["iat"] == 3600, "expected a token for one hour"


@then(says("the function says {status:d}"))
def _(calls: Calls, status: int) -> None:
    said = json.loads(calls.last.body)
    assert said == {"statusCode": status}, f"expected statusCode {status} alone, got {said}"


@when("somebody invokes the login function without a signature")
@asks_for("auth")
def _(calls: Calls) -> None:
    calls.one(functions.invocation(calls.stage))


@when("somebody invokes the login function, signed with a wrong key")
@asks_for("auth")
def _(calls: Calls) -> None:
    calls.one(functions.signed(calls.stage, functions.invocation(calls.stage), "a wrong secret"))
