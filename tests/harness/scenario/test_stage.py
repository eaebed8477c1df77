"""Where a scenario plays: the shared environment, or the rig that it opened."""

from collections.abc import Callable
from typing import Any

import pytest

from harness.scenario.stage import Stage
from harness.specification.fragments import Fragment
from harness.verdicts import PlanRefused
from harness.warden.wire import WardenLost

Make = Callable[..., Stage]
RIG = {
    "rig": "rig1",
    "parts": ["eu-1", "gate-eu"],
    "addresses": {"eu-1.proxy": "http://rig:1", "users.url": "http://users:1"},
    "identities": {"eu": {"account": "a", "environment": "e", "index": "i"}},
}


@pytest.fixture
def opening(warden: Any) -> Any:
    """A warden that opens rigs, publishes to them and closes them."""
    warden.answers |= {
        "rig_open": dict(RIG),
        "publish": {"versions": {"eu": 1}, "refused": {}},
        "rig_close": None,
    }
    return warden


def _ops(warden: Any) -> list[str]:
    return [op for op, _ in warden.asked]


def test_a_plain_scenario_plays_in_the_shared_environment(stage: Make, warden: Any) -> None:
    one = stage()

    assert one.address("users.url") == "http://users:1"
    assert one.replicas == ["eu-1", "eu-2"]
    assert one.identity()["index"] == "index-eu"
    assert _ops(warden) == ["plan"]


def test_a_rig_is_opened_with_its_parts_links_and_what_it_borrows(
    stage: Make, opening: Any
) -> None:
    fragment = Fragment(routes={"r": {"paths": ["/x"]}}, parts=frozenset({"users", "eu-1"}))
    one = stage(fragment, opens_rig=True)
    one.open_rig(frozenset({"gate-eu", "eu-1"}), frozenset({"gate-eu.sync"}))

    assert _ops(opening) == ["plan", "rig_open", "publish"]
    asked = opening.asked[1][1]
    assert asked == {"parts": ["eu-1", "gate-eu"], "links": ["gate-eu.sync"], "borrowed": ["users"]}
    published = opening.asked[2][1]
    assert (published["rig"], published["wait"]) == ("rig1", True)
    assert published["document"]["routes"][0]["paths"] == ["/x"]


def test_in_a_rig_its_own_addresses_hold_also_after_a_declaration(
    stage: Make, opening: Any
) -> None:
    one = stage(opens_rig=True)
    one.open_rig(frozenset({"eu-1"}), frozenset())
    one.require_published()

    assert one.address("eu-1.proxy") == "http://rig:1"
    assert one.replicas == ["eu-1"]


def test_closing_gives_the_rig_back_once(stage: Make, opening: Any) -> None:
    one = stage(opens_rig=True)
    one.open_rig(frozenset({"eu-1"}), frozenset())
    one.close()
    one.close()

    assert opening.asked[-1] == ("rig_close", {"rig": "rig1"})
    assert _ops(opening).count("rig_close") == 1


def test_closing_without_a_rig_asks_nobody(stage: Make, warden: Any) -> None:
    stage().close()

    assert warden.asked == []


def test_a_fault_names_the_scenarios_own_rig_and_may_move_addresses(
    stage: Make, opening: Any
) -> None:
    one = stage(opens_rig=True)
    one.open_rig(frozenset({"eu-1"}), frozenset())
    opening.answers["fault"] = {"bites": True, "addresses": {"eu-1.proxy": "http://new:1"}}

    assert one.fault("start", "eu-1") == {"bites": True}
    assert opening.asked[-1][1]["rig"] == "rig1"
    assert one.address("eu-1.proxy") == "http://new:1"


def test_a_fault_without_new_addresses_leaves_the_old_ones(stage: Make, opening: Any) -> None:
    one = stage(opens_rig=True)
    one.open_rig(frozenset({"eu-1"}), frozenset())
    opening.answers["fault"] = lambda **_: {"bites": False}

    one.fault("cut", "gate-eu.sync")

    assert one.address("eu-1.proxy") == "http://rig:1"


def test_what_is_told_carries_the_scenarios_suffix(stage: Make, warden: Any) -> None:
    stage().tell("event", event={"status": 200})

    assert warden.told == [{"kind": "event", "scenario": "s1-k3f9", "event": {"status": 200}}]


def test_a_refused_document_stops_the_scenario(stage: Make, warden: Any) -> None:
    warden.answers["plan"] |= {"refused": {"eu-1": [{"pointer": "/x", "message": "odd"}]}}

    with pytest.raises(PlanRefused):
        stage().require_published()


def test_a_rig_whose_warden_is_gone_is_gone_with_it(
    stage: Callable[..., Stage], warden: Any
) -> None:
    def lost(**_: Any) -> None:
        raise WardenLost("the warden is gone")

    warden.answers["rig_close"] = lost
    one = stage(opens_rig=True)
    one.rig = "rig1"

    one.close()

    assert one.rig == ""
