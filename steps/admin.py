"""The admin port, asked by hand."""

from pytest_bdd import then, when

from harness.scenario.callers import Caller
from harness.scenario.calls import Call, Calls
from harness.specification.sentences import asks_for, says


@when(says('somebody asks the admin port for "{path}"'))
@asks_for("eu-1")
def _(calls: Calls, caller: Caller, path: str) -> None:
    calls.one(Call("GET", path, caller.admin))


@when(says("somebody asks the admin port for {consumer}'s credentials"))
def _(calls: Calls, caller: Caller, consumer: str) -> None:
    name = calls.stage.scope.name(consumer.lower())
    calls.one(Call("GET", f"/consumers/{name}/jwt", caller.admin))


@when(says('somebody asks the admin port for "{path}" with the header "{header}"'))
@asks_for("eu-1")
def _(calls: Calls, caller: Caller, path: str, header: str) -> None:
    name, _, value = header.partition(": ")
    calls.one(Call("GET", path, caller.admin, ((name, value),)))


@when("somebody posts a document to the admin port")
@asks_for("gate-eu")
def _(calls: Calls, caller: Caller) -> None:
    headers = (("Content-Type", "application/json"),)
    calls.one(Call("POST", "/config", caller.admin, headers, '{"_format_version":"3.0"}'))


@then(says("the answer names the key of {consumer}"))
def _(calls: Calls, caller: Caller, consumer: str) -> None:
    key = caller.key_of(consumer)
    assert key in calls.last.body, f"expected {key} in {calls.last.body[:200]!r}"


@then("the answer carries no secret")
def _(calls: Calls) -> None:
    secrets = [name for name, value in calls.stage.desk.secrets.items() if value in calls.last.body]
    assert secrets == [], f"expected no secret in the answer, found {secrets}"
