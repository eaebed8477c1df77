"""The control plane as a scenario uses it."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from harness import patience
from harness.eventually import GaveUp
from harness.scenario.control_plane import ControlPlane
from harness.scenario.stage import Stage
from harness.specification.fragments import Fragment

ROUTE = Fragment(routes={"r": {"paths": ["/old"]}}, plugins={("cors", "global", ""): {}})


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

    found = plane.publish_between(
        lambda: [order.append(len(_published(warden))) or "a"],  # type: ignore[func-returns-value,list-item]
        lambda: [order.append(len(_published(warden))) or "b"],  # type: ignore[func-returns-value,list-item]
    )

    assert found == ["a", "b"]
    assert order == [1, 2]
    first, second = _published(warden)
    assert first["document"] == second["document"]


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
