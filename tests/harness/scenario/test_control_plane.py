"""The control plane as a scenario uses it."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import jwt
import pytest

from harness import patience
from harness.eventually import GaveUp
from harness.scenario.control_plane import ControlPlane
from harness.scenario.stage import Stage
from harness.specification.fragments import Fragment

ROUTE = Fragment(routes={"r": {"paths": ["/old"]}}, plugins={("cors", "global", ""): {}})


SERVED = {"version": 7, "source": {"refused": None}}


class Adapter:
    """A gateway whose statuses come from a list, the last one again and again."""

    statuses: list[dict[str, Any]]
    asked: list[str]

    def __init__(self, admin: str, client: Any, token: str = "") -> None:
        self.admin = admin

    def status(self) -> Mapping[str, Any]:
        self.asked.append(self.admin)
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]

    def wait_for_version(self, version: int, within_s: float) -> Mapping[str, Any]:
        return self.status()


@pytest.fixture
def plane(stage: Callable[..., Stage], warden: Any) -> ControlPlane:
    warden.answers |= {
        "rig_open": {
            "rig": "rig1", "parts": ["eu-1", "gate-eu"],
            "addresses": {"eu-1.admin": "http://rig:2"},
            "identities": {r: {"environment": f"env-{r}"} for r in ("eu", "us")},
        },
        "publish": {"versions": {"eu": 7}, "refused": {}},
        "cloud_token": lambda **said: f"token of {said['region']} {said['changes']}",
    }  # fmt: skip
    one = stage(ROUTE, opens_rig=True)
    one.open_rig(frozenset({"eu-1"}), frozenset())
    Adapter.statuses, Adapter.asked = [], []
    return ControlPlane(one, Adapter, None, {})  # type: ignore[arg-type]


def _published(warden: Any) -> list[dict[str, Any]]:
    return [args for op, args in warden.asked if op == "publish"]


def test_another_document_is_drawn_for_the_same_scenario(plane: ControlPlane, warden: Any) -> None:
    plane.publish(Fragment(routes={"r": {"paths": ["/new"]}}), wait=False)

    last = _published(warden)[-1]
    assert last["document"]["routes"][0]["paths"] == ["/new"]
    assert last["document"]["routes"][0]["hosts"] == [plane.stage.scope.host]
    assert (last["wait"], last["rig"]) == (False, "rig1")


def test_the_same_document_is_published_between_two_halves(
    plane: ControlPlane, warden: Any
) -> None:
    order: list[Any] = []
    Adapter.statuses = [SERVED]

    found = plane.publish_between(
        lambda: [order.append(len(_published(warden))) or "a"],  # type: ignore[func-returns-value,list-item]
        lambda: [order.append(len(_published(warden))) or "b"],  # type: ignore[func-returns-value,list-item]
    )

    assert found == ["a", "b"]
    assert order == [1, 2]
    first, second = _published(warden)
    assert first["document"] == second["document"]


@pytest.mark.parametrize(
    ("version", "refused", "taken"),
    [
        (7, None, True),
        (8, None, True),
        (6, 7, True),
        (6, None, False),
        (6, 6, False),
        (None, None, False),
    ],
)
def test_a_publication_waits_until_every_replica_has_served_or_refused_it(
    plane: ControlPlane,
    monkeypatch: pytest.MonkeyPatch,
    version: int | None,
    refused: int | None,
    taken: bool,
) -> None:
    monkeypatch.setattr(patience, "DOCUMENT_SERVED_S", 0.03)
    said = refused and {"version": refused, "errors": []}
    Adapter.statuses = [{"version": version, "source": {"refused": said}}]

    if taken:
        plane.publish(ROUTE)
    else:
        with pytest.raises(GaveUp, match="for eu-1 to serve version 7"):
            plane.publish(ROUTE)


def test_a_tampered_token_has_another_claim_under_the_same_signature(
    plane: ControlPlane, warden: Any
) -> None:
    token = jwt.encode({"org": "a", "jti": "one"}, "k" * 32)
    warden.answers |= {"cloud_token": token}

    sent = dict(plane.tampered(plane.question("eu", of="eu")).headers)

    forged = sent["Authorization"].removeprefix("Bearer ")
    assert forged.rpartition(".")[2] == token.rpartition(".")[2]
    claims = jwt.decode(forged, options={"verify_signature": False})
    assert claims == {"org": "a", "jti": "another"}
    assert "X-Gateway-Name" in sent


def test_a_report_carries_its_events_line_by_line(plane: ControlPlane) -> None:
    call = plane.report("eu", [{"_id": "one", "uri": "/mine"}, "words"])

    assert (call.method, call.path, call.to) == ("POST", "/reports", "gate-eu")
    first, second = map(json.loads, call.body.splitlines())
    assert first == {"_id": "one", "uri": "/mine", "env-id": "env-eu"}
    assert second == "words"


@pytest.mark.parametrize(
    ("wait", "not_yet", "then"),
    [
        ("wait_until_busy", {"in_flight": 0}, {"in_flight": 1}),
        ("wait_until_delivered", {"reports": {"queued": 2}}, {"reports": {"queued": 0}}),
        (
            "wait_until_looked",
            {"ready": False, "snapshot": {"error": None}},
            {"ready": False, "snapshot": {"error": "it was changed"}},
        ),
        (
            "wait_until_looked",
            {"ready": False, "snapshot": {"error": None}},
            {"ready": True, "snapshot": {"error": None}},
        ),
    ],
)
def test_it_waits_for_what_a_gateway_says_of_itself(
    plane: ControlPlane, wait: str, not_yet: dict[str, Any], then: dict[str, Any]
) -> None:
    Adapter.statuses = [not_yet, not_yet, then]

    getattr(plane, wait)()

    assert Adapter.statuses == [then]


def test_a_bad_document_differs_in_one_plugin_and_the_status_before_is_kept(
    plane: ControlPlane, warden: Any
) -> None:
    Adapter.statuses = [{"version": 6}]
    plane.publish_bad()

    good, bad = (args["document"] for args in _published(warden))
    assert plane.before == {"version": 6}
    assert bad["plugins"] == [{"name": "no-such-plugin"}, *good["plugins"]]
    assert {**bad, "plugins": good["plugins"]} == good


def test_it_waits_until_the_newest_version_is_served(plane: ControlPlane) -> None:
    Adapter.statuses = [{"version": None}, {"version": 6}, {"version": 7}]

    assert plane.wait_until_served() == {"version": 7}
    assert Adapter.asked == ["http://rig:2"] * 3


def test_a_version_that_is_never_served_is_given_up_on(
    plane: ControlPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "FAULT_HEALED_S", 0)
    Adapter.statuses = [{"version": 6}]

    with pytest.raises(GaveUp, match="a published version to be served, last saw"):
        plane.wait_until_served()


def test_it_waits_until_a_gateway_says_that_it_is_cut_off(plane: ControlPlane) -> None:
    Adapter.statuses = [{"source": {"connected": True}}, {"source": {"connected": False}}]

    assert plane.wait_until_cut_off() == {"source": {"connected": False}}


def test_a_question_to_a_gate_carries_the_token_of_another_region(plane: ControlPlane) -> None:
    call = plane.question("eu", of="us", exp=1)

    assert (call.method, call.to) == ("GET", "gate-eu")
    assert call.path == "/sync?environment=env-us&version=0"
    assert ("Authorization", "Bearer token of us {'exp': 1}") in call.headers
