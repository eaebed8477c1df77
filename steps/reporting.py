"""Reports that are sent to a gate as gateways send them, and what became of every event in them."""

from pytest_bdd import then, when

from harness import deliveries
from harness.scenario.analytics import Index
from harness.scenario.faulting import Faults
from harness.scenario.reporting import Reporting
from harness.scenario.trouble import Trouble
from harness.specification.fragments import Fragment
from harness.specification.sentences import opens_rig, says


@opens_rig(
    "a gateway of its own, whose events go through a Kafka of its own",
    parts={"gate-eu", "eu-1", "kafka", "ingest"},
    links={"gate-eu.sync", "gate-eu.reports", "kafka.bootstrap"},
)
def _() -> Fragment:
    return Fragment()


@when(says("{count:d} batches of {size:d} events are reported"))
def _(reporting: Reporting, count: int, size: int) -> None:
    reporting.send_until_taken(reporting.new_batches(count, size))


@when(says("{count:d} batches of {size:d} events are reported while {part} is {kind:Trouble}"))
def _(reporting: Reporting, trouble: Trouble, count: int, size: int, part: str, kind: str) -> None:
    reporting.report_around(
        reporting.new_batches(count, size), lambda act: trouble.around(part, kind, act)
    )


@when(
    says(
        "{count:d} batches of {size:d} events are reported, and in the middle of it "
        "{part} is {kind:Trouble}"
    )
)
def _(reporting: Reporting, trouble: Trouble, count: int, size: int, part: str, kind: str) -> None:
    reporting.report_through(
        reporting.new_batches(count, size), lambda act: trouble.around(part, kind, act)
    )


@when("a batch is reported again because its gate was killed before Kafka had acknowledged it")
def _(reporting: Reporting, faults: Faults) -> None:
    (batch,) = reporting.new_batches(1, 100)
    reporting.warm_up()
    faults.freeze("Kafka")
    reporting.send(batch)
    faults.kill("Cloud Gate")
    faults.thaw("Kafka")
    faults.start("Cloud Gate")
    reporting.until_taken(batch)


@then("every batch was taken")
def _(reporting: Reporting) -> None:
    left = deliveries.untaken(reporting.attempts)
    assert reporting.attempts, "nothing was reported"
    assert not left, f"expected every batch to be taken, {left} were not"


@then(says("no batch was taken while {part} was away"))
def _(reporting: Reporting, part: str) -> None:
    early = deliveries.taken_in(reporting.attempts, *reporting.away)
    refused = [one for one in reporting.attempts if one["status"] == 503]
    assert not early, f"{early} were taken while {part} could not acknowledge them"
    assert refused, f"expected the gate to refuse reports while {part} was away, it never did"


@then("every event that was reported is exactly one document")
def _(reporting: Reporting, index: Index) -> None:
    fence = reporting.fence()
    found = index.documents_of((batch.name for batch in reporting.batches), fence)
    account = deliveries.settled(reporting.attempts, found)
    assert account.is_clear, f"of the events that were reported: {account}"


@then("Kafka holds some of them twice")
def _(index: Index) -> None:
    assert index.repeated() > 0, "no message was repeated: the scenario would prove nothing"
