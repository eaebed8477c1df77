"""Which instance of a plugin runs: the most specific one that covers the request, by Kong's order."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from gateway.document.entities import PRECEDENCE, Consumer, Scope
from gateway.stages import Instances

CONSUMERS = {name: Consumer(name, name, None, None, None, ()) for name in ("c1", "c2")}
PLACES = [Scope(*ids) for ids in product((None, "r1", "r2"), (None, "s1"), (None, "c1", "c2"))]


def by_the_book(scopes, route, service, consumer):
    """Every scope that covers the request, the highest first."""
    covering = [
        scope
        for scope in scopes
        if scope.route_id in (None, route)
        and scope.service_id in (None, service)
        and scope.consumer_id in (None, consumer)
    ]
    named = lambda s: (s.route_id is not None, s.service_id is not None, s.consumer_id is not None)  # noqa: E731
    return max(covering, key=lambda scope: PRECEDENCE.index(named(scope)), default=None)


@given(
    st.sets(st.sampled_from(PLACES)),
    st.sampled_from(["r1", "r2", "r3"]),
    st.sampled_from([None, "s1", "s2"]),
    st.sampled_from([None, "c1", "c2"]),
)
def test_the_most_specific_instance_runs(scopes, route, service, consumer):
    instances = Instances()
    for scope in scopes:
        instances.put(scope, scope)
    assert bool(instances) == bool(scopes)
    stage = instances.stage(route, service)
    found = stage.policy(CONSUMERS.get(consumer)) if stage else None
    assert found == by_the_book(scopes, route, service, consumer)


def test_a_kind_that_cannot_run_on_a_route_has_no_stage():
    instances = Instances()
    instances.put(Scope("r1"), "x")
    assert instances.stage("r2", None) is None
    assert instances.stage("r1", None).special == ()
