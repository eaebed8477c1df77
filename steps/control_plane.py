"""Documents that change while a gateway serves, and what a Cloud Gate tells whom."""

from pytest_bdd import given, then, when

from harness.scenario.calls import Calls
from harness.scenario.control_plane import ControlPlane
from harness.specification.sentences import asks_for, says
from harness.topology import SPOKEN
from steps.documents import routed


@given(says('a new document routes "{path}" to {service} instead'))
def _(control_plane: ControlPlane, path: str, service: str) -> None:
    control_plane.publish(routed(path, service))


@given(says('a new document that routes "{path}" to {service} waits at the gate'))
def _(control_plane: ControlPlane, path: str, service: str) -> None:
    control_plane.publish(routed(path, service), wait=False)


@given("a new document names a plugin that nobody knows")
def _(control_plane: ControlPlane) -> None:
    control_plane.publish_bad()


@given("the gateway has caught up")
def _(control_plane: ControlPlane) -> None:
    control_plane.wait_until_served()


@then("the gateway still serves the version before, and says what it refused")
def _(control_plane: ControlPlane) -> None:
    status = control_plane.status()
    refused = status["source"]["refused"]
    assert status["version"] == control_plane.before["version"], (
        f"expected version {control_plane.before['version']}, it serves {status['version']}"
    )
    assert [error["pointer"] for error in refused["errors"]] == ["/plugins/0/name"], (
        f"expected one error at /plugins/0/name, found {refused['errors']}"
    )


@when(says("a gateway of the {account} account asks the {region} gate for its document"))
def _(calls: Calls, control_plane: ControlPlane, account: str, region: str) -> None:
    calls.one(control_plane.question(region.lower(), of=account.lower()))


@when("a gateway with an expired Cloud Token asks the EU gate for its document")
def _(calls: Calls, control_plane: ControlPlane) -> None:
    calls.one(control_plane.question("eu", of="eu", **control_plane.expired()))


@when(says("a gateway of the {account} account reports an event as the {other} account's"))
@asks_for("kafka", "ingest")
def _(calls: Calls, control_plane: ControlPlane, account: str, other: str) -> None:
    claims = control_plane.claims_of(other.lower())
    calls.one(control_plane.report(account.lower(), [{"_id": "one", **claims}]))


@when(says("a gateway of the {account} account reports the same event twice, and another"))
@asks_for("kafka", "ingest")
def _(calls: Calls, control_plane: ControlPlane, account: str) -> None:
    events = [{"_id": "one"}, {"_id": "one"}, {"_id": "other"}]
    calls.one(control_plane.report(account.lower(), events))


@when(says("a gateway of the {account} account reports an event, and words that are none"))
@asks_for("kafka", "ingest")
def _(calls: Calls, control_plane: ControlPlane, account: str) -> None:
    calls.one(control_plane.report(account.lower(), [{"_id": "one"}, "words"]))


@when(says("a gateway of the {account} account reports an event to a gate that has no Kafka"))
def _(calls: Calls, control_plane: ControlPlane, account: str) -> None:
    calls.one(control_plane.report(account.lower(), [{"_id": "one"}]))


@when("a gateway with a tampered Cloud Token asks the EU gate for its document")
def _(calls: Calls, control_plane: ControlPlane) -> None:
    calls.one(control_plane.tampered(control_plane.question("eu", of="eu")))


@then(says("the gate's answer says nothing about {service}"))
def _(calls: Calls, service: str) -> None:
    assert SPOKEN[service] not in calls.last.body, f"the gate answered {calls.last.body[:200]!r}"
