"""The plan: the same whatever the order, and no scenario can meet another one in it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from harness import topology
from harness.specification import plan
from harness.specification.catalogue import Example, Understood
from harness.specification.fragments import Fragment

RUN = "k3f9"


def _understood(
    name: str, fragment: Fragment | None = None, *, rig: frozenset[str] | None = None
) -> Understood:
    example = Example(name, "area", "F", "R", name, "f", 1, frozenset(), ())
    return Understood(example, fragment or Fragment(), rig or frozenset(), rig is not None)


def _routed(path: str, *parts: str) -> Fragment:
    return Fragment(
        services={"users": {"url": "${users.url}"}},
        routes={"users": {"paths": [path], "service": "users"}},
        scripts={"slow": {"delay_s": 1}},
        parts=frozenset(parts),
    )


IDS = st.lists(st.text(st.characters(codec="utf-8"), min_size=1), unique=True, max_size=12)


@given(IDS, st.randoms())
def test_the_plan_is_the_same_whatever_the_order(ids: list[str], random: Any) -> None:
    shuffled = list(ids)
    random.shuffle(shuffled)

    one, two = (
        plan.make(RUN, [_understood(name, _routed("/users", "users")) for name in names])
        for names in (ids, shuffled)
    )

    assert one == two
    assert one.digest == two.digest
    assert one.document == two.document


@given(IDS)
def test_suffixes_and_hosts_are_all_different(ids: list[str]) -> None:
    made = plan.make(RUN, [_understood(name) for name in ids])

    assert len(set(made.suffixes)) == len(ids)
    assert len({entry.scope.host for entry in made.entries.values()}) == len(ids)


@given(IDS)
def test_entities_of_two_scenarios_never_share_a_name(ids: list[str]) -> None:
    made = plan.make(RUN, [_understood(name, _routed("/users")) for name in ids])

    for kind in ("services", "routes"):
        names = {entity["name"] for entity in made.document[kind]}
        assert len(names) == len(made.document[kind]) == len(ids)
    assert len(made.scripts) == len(ids)


@given(IDS)
def test_the_owner_of_an_entity_is_the_scenario_that_declared_it(ids: list[str]) -> None:
    made = plan.make(RUN, [_understood(name, _routed("/users")) for name in ids])

    for name, entry in made.entries.items():
        assert made.owner(entry.scope.name("users")) == name
    assert made.owner("users") is None
    assert made.owner("") is None


def test_the_eleventh_scenario_is_not_taken_for_the_first() -> None:
    made = plan.make(RUN, [_understood(f"{number:02}") for number in range(1, 12)])

    assert made.owner(f"users-s11-{RUN}") == "11"
    assert made.owner(f"users-s1-{RUN}") == "01"
    assert made.owner(f"buss1-{RUN}") is None


def test_another_run_has_other_names() -> None:
    one, two = (plan.make(run, [_understood("a", _routed("/users"))]) for run in ("aaaa", "bbbb"))

    assert not {r["hosts"][0] for r in one.document["routes"]} & {
        r["hosts"][0] for r in two.document["routes"]
    }


def test_a_scenario_with_a_rig_is_left_out_of_the_shared_document() -> None:
    shared = _understood("a", _routed("/users", "users"))
    rig = _understood("b", _routed("/rig", "users"), rig=frozenset({"gate-eu", "eu-1"}))
    made = plan.make(RUN, [rig, shared])

    assert [route["paths"] for route in made.document["routes"]] == [["/users"]]
    assert list(made.scripts) == [f"slow-s1-{RUN}"]
    assert made.entries["b"].document["routes"][0]["paths"] == ["/rig"]
    assert f"s2-{RUN}" in made.suffixes, "its arrivals are to be accounted for as well"


def test_another_selection_has_another_digest() -> None:
    def digest(*understood: Understood) -> str:
        return plan.make(RUN, understood).digest

    base = digest(_understood("a", _routed("/users", "users")))

    assert digest(_understood("a", _routed("/users", "users"))) == base
    assert digest(_understood("a", _routed("/other", "users"))) != base
    assert digest(_understood("a", _routed("/users", "users", "redis"))) != base
    assert digest(_understood("a", Fragment(scripts={"x": {}}))) != digest(_understood("a"))


def test_what_the_shared_environment_needs_is_closed_over_its_needs() -> None:
    parts = plan.parts_of([_understood("a", Fragment(parts=frozenset({"ingest", "us-1"})))])

    assert parts == topology.ALWAYS | {"ingest", "kafka", "us-1", "gate-us"}


def test_the_private_parts_of_a_rig_are_not_started_in_the_shared_environment() -> None:
    alone = _understood(
        "a", Fragment(parts=frozenset({"eu-1", "users"})), rig=frozenset({"eu-1", "gate-eu"})
    )

    assert plan.parts_of([alone]) == {"users"}


def test_nothing_selected_needs_nothing() -> None:
    assert plan.parts_of([]) == frozenset()
    assert plan.make(RUN, []).document["services"] == []
