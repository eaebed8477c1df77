"""What the calls became in the analytics index."""

from pytest_bdd import then

from harness import patience
from harness.scenario.analytics import Index
from harness.scenario.calls import Calls
from harness.specification.sentences import asks_for, says


@then("every call is exactly one event in the index of its account")
@asks_for("kafka", "ingest")
def _(index: Index, calls: Calls) -> None:
    counts = index.count_per_call(calls.batch)
    wrong = {marker: count for marker, count in counts.items() if count != 1}
    first = dict(list(wrong.items())[:3])
    assert not wrong, (
        f"expected one event per call; {len(wrong)} calls have another number: {first}"
    )


@then(says("the event says {status:d}, by {consumer}"))
@asks_for("kafka", "ingest")
def _(index: Index, calls: Calls, status: int, consumer: str) -> None:
    found = [(e["status"], e.get("application-name")) for e in index.events_of([calls.last])]
    name = None if consumer == "nobody" else calls.stage.scope.name(consumer.lower())
    assert found == [(status, name)], f"expected one event of {(status, name)}, found {found}"


@then("the event is dated as the call was made")
@asks_for("kafka", "ingest")
def _(index: Index, calls: Calls) -> None:
    off_s = index.off_by_s(calls.last)
    assert off_s <= patience.CLOCKS_DIFFER_S, (
        f"expected the time of the call, it is {off_s:.0f} s off"
    )


@then("no event carries a credential")
@asks_for("kafka", "ingest")
def _(index: Index, calls: Calls) -> None:
    leaks = index.leaks(calls.batch)
    assert not leaks, f"expected no credential in any field, found one in {leaks}"


@then(says("the index of the {region} account holds {count:d} events in all"))
@asks_for("kafka", "ingest")
def _(index: Index, region: str, count: int) -> None:
    found = index.total(region.lower(), at_least=count)
    assert found == count, f"expected {count} events in the {region} index, found {found}"
