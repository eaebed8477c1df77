"""Which rig has which container: who gets one that another rig left, and which lines are whose."""

import time
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any, ClassVar

from harness.environments.containers import keeper
from harness.environments.containers.berths import Berth, Berths
from harness.environments.containers.link import LastingRelay


def _berth(part: str = "users", alias: str = "users-berth1") -> Berth:
    ended: Any = Future()  # needs no loop
    return Berth(part, alias, SimpleNamespace(), {}, ended)


def _taken(berths: Berths, rig: str = "rig1", **said: str) -> Berth:
    berth = _berth(**said)
    berths.give(rig, berth)
    return berth


def test_a_part_that_has_ended_still_has_its_container() -> None:
    berths = Berths()
    berth = _taken(berths)

    assert berths.of("rig1", "users") is berth
    assert berths.of("rig2", "users") is None
    assert berths.of("rig1", "orders") is None


def test_the_same_part_of_a_later_rig_gets_what_was_left() -> None:
    berths = Berths()
    berth = _taken(berths)
    assert berths.reuse("rig2", "users") is None

    assert berths.leave(berth.rig, berth)
    berths.lie_idle(berth)

    assert berths.reuse("rig2", "orders") is None
    assert berths.reuse("rig2", "users") is berth
    assert berths.of("rig2", "users") is berth
    assert berths.of("rig1", "users") is None
    assert berths.reuse("rig3", "users") is None


def test_who_names_a_relay_to_its_clients_is_for_those_who_want_one() -> None:
    berths = Berths()
    berth = _taken(berths)
    berth.relay = LastingRelay("relays:7002", "http://127.0.0.1:1/kafka", None)  # type: ignore[arg-type]
    berths.leave(berth.rig, berth)
    berths.lie_idle(berth)

    assert berths.reuse("rig2", "users") is None
    assert berths.reuse("rig2", "users", relayed=True) is berth


def test_what_is_another_rigs_by_now_cannot_be_taken_from_the_first() -> None:
    berths = Berths()
    berth = _taken(berths, "rig1")
    assert berths.leave("rig1", berth)
    assert not berths.leave("rig1", berth)
    berths.lie_idle(berth)
    berths.reuse("rig2", "users")

    assert not berths.leave("rig1", berth)
    assert berths.of("rig2", "users") is berth
    other = _taken(berths, "rig1", alias="users-berth2")
    assert not berths.leave("rig1", berth)
    assert berths.of("rig1", "users") is other


def test_one_that_ended_while_it_lay_idle_is_not_used_again() -> None:
    berths = Berths()
    sound, ill = _taken(berths), _taken(berths, "rig2", alias="users-berth2")
    for each in (sound, ill):
        berths.leave(each.rig, each)
        berths.lie_idle(each)
    ill.ended.set_result(137)

    assert berths.reuse("rig3", "users") is sound


def test_of_several_the_first_that_came_is_given() -> None:
    """It is the likeliest to be vacated by now."""
    berths = Berths()
    for each in (early := _taken(berths), late := _taken(berths, "rig2", alias="users-berth2")):
        berths.leave(each.rig, each)
        berths.lie_idle(each)

    assert [berths.reuse(rig, "users") for rig in ("rig3", "rig4")] == [early, late]


def test_numbers_are_given_once() -> None:
    berths = Berths()

    assert [berths.number() for _ in range(3)] == [1, 2, 3]


def test_a_life_is_told_from_every_other_in_the_container() -> None:
    berth = _berth()
    lives = []
    for rig in ("rig1", "rig11", "rig1"):
        berth.taken_by(rig)
        for _ in range(2):
            berth.starts += 1
            lives.append(berth.life)

    assert lives[:4] == [
        "users of rig1, start 1",
        "users of rig1, start 2",
        "users of rig11, start 1",
        "users of rig11, start 2",
    ]


def test_it_is_known_since_when_a_container_is_another_rigs() -> None:
    berths = Berths()
    berth = _taken(berths)
    assert berth.since_s is None, "all that it ever said is this rig's"
    berths.leave(berth.rig, berth)
    berths.lie_idle(berth)

    before = time.time()
    berths.reuse("rig2", "users")

    assert berth.since_s is not None
    assert before <= berth.since_s <= time.time()


_LOG = [
    keeper.mark("users of rig1, start 1"),
    "one",
    keeper.mark("users of rig11, start 1"),
    "two",
    keeper.mark("users of rig11, start 2"),
    "three",
]


def test_of_a_log_a_rig_has_what_was_written_since_its_part_began() -> None:
    berth = _berth()

    berth.taken_by("rig11")
    assert berth.own(_LOG) == ["two", "three"]
    berth.taken_by("rig1")
    assert berth.own(_LOG[:2]) == ["one"]
    assert berth.own([*_LOG[2:4], *_LOG[:2]]) == ["one"], "rig11 is another rig"


def test_before_a_part_has_begun_the_lines_are_another_rigs() -> None:
    berth = _berth()

    berth.taken_by("rig12")

    assert berth.own(_LOG) == []
    assert berth.own(["no keeper, or too long ago for its mark"]) == [
        "no keeper, or too long ago for its mark"
    ]


def test_a_container_that_runs_again_has_another_end() -> None:
    berth = _berth()
    again: Any = Future()

    berth.begins_again(again)

    assert berth.ended is again


class _Orders:
    """Stands where the way to the engine is."""

    made: ClassVar[list["_Orders"]] = []

    def __init__(self, container: Any) -> None:
        self.given: list[Any] = []
        self.closed = False
        self.made.append(self)

    def give(self, order: Any) -> None:
        self.given.append(order)

    def close(self) -> None:
        self.closed = True


def test_orders_of_one_run_of_a_container_go_one_way_and_so_keep_their_order(
    monkeypatch: Any,
) -> None:
    monkeypatch.setattr("harness.environments.containers.berths.Orders", _Orders)
    _Orders.made.clear()
    berth = _berth()

    berth.order({"argv": []})
    berth.order({})
    berth.begins_again(berth.ended)
    berth.order({"argv": [], "keeps": True})

    assert [(one.given, one.closed) for one in _Orders.made] == [
        ([{"argv": []}, {}], True),
        ([{"argv": [], "keeps": True}], False),
    ]


def test_ways_to_containers_are_closed_at_the_end(monkeypatch: Any) -> None:
    monkeypatch.setattr("harness.environments.containers.berths.Orders", _Orders)
    _Orders.made.clear()
    berths = Berths()
    left, taken = _taken(berths), _taken(berths, "rig2")
    for each in (left, taken):
        each.order({})
    berths.leave(left.rig, left)
    berths.lie_idle(left)

    berths.close()

    assert [one.closed for one in _Orders.made] == [True, True]
    assert berths.reuse("rig3", "users") is None
    assert berths.of("rig2", "users") is None
