"""The parts of the miniature multi-cloud and the order in which they can be started."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import topology
from harness.topology import PARTS, gateways, in_order, regions, with_needs

SOME = st.frozensets(st.sampled_from(sorted(PARTS)))


@given(SOME)
def test_a_closure_holds_what_was_asked_for_and_every_need_of_it(names: frozenset[str]) -> None:
    closed = with_needs(names)

    assert names <= closed
    assert all(PARTS[name].needs <= closed for name in closed)
    assert with_needs(closed) == closed


@given(SOME)
def test_a_closure_holds_nothing_that_nobody_needs(names: frozenset[str]) -> None:
    for extra in with_needs(names) - names:
        assert any(extra in PARTS[name].needs for name in with_needs(names))


def test_a_gateway_brings_its_gate_and_ingest_its_kafka() -> None:
    assert with_needs({"eu-2"}) == {"eu-2", "gate-eu"}
    assert with_needs({"ingest"}) == {"ingest", "kafka"}


def test_an_unknown_part_is_named() -> None:
    with pytest.raises(KeyError, match="ap-1"):
        with_needs({"ap-1"})


@given(SOME)
def test_every_part_comes_once_and_after_what_it_needs_or_uses(names: frozenset[str]) -> None:
    order = in_order(names)

    assert sorted(order) == sorted(names)
    for place, name in enumerate(order):
        first = (PARTS[name].needs | PARTS[name].uses) & names
        assert first <= set(order[:place])


def test_regions_and_gateways_are_told_in_order() -> None:
    assert regions(topology.EVERYTHING) == ["eu", "us"]
    assert regions({"redis", "users"}) == []
    assert gateways(topology.EVERYTHING) == ["eu-1", "eu-2", "us-1"]


def test_the_tables_speak_of_parts_that_exist() -> None:
    assert set(topology.SPOKEN.values()) == topology.LEDGER_KEEPERS
    assert set(PARTS) >= topology.LEDGER_KEEPERS | topology.ALWAYS
    for part in PARTS.values():
        assert part.needs | part.uses <= set(PARTS)
    assert with_needs(topology.ALWAYS) == topology.ALWAYS
