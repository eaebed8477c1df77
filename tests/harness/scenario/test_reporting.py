"""Reports: one event per line, sent again until they are taken, every attempt in the journal."""

import json
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from harness import patience
from harness.eventually import GaveUp
from harness.scenario.reporting import FENCE, Batch, Reporting
from harness.scenario.stage import Stage


class Gate:
    """Answers each batch with the statuses that are left for it, then with 202."""

    def __init__(self) -> None:
        self.left: dict[str, list[int | Exception]] = {}
        self.away = threading.Event()
        self.seen: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        if self.away.is_set():
            return httpx.Response(503)
        batch = json.loads(request.content.split(b"\n")[0])["batch"]
        answer = self.left[batch].pop(0) if self.left.get(batch) else 202
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer)


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def reporting(stage: Callable[..., Stage], web: Any, warden: Any, gate: Gate) -> Reporting:
    warden.answers["cloud_token"] = "a.cloud.token"
    warden.answers["plan"]["addresses"]["gate-eu.reports"] = "http://gate:1"
    return Reporting(stage(), web(gate))


def _statuses(reporting: Reporting) -> list[int | None]:
    return [attempt["status"] for attempt in reporting.attempts]


def test_a_batch_is_one_event_per_line_under_ids_of_its_own(
    reporting: Reporting, gate: Gate
) -> None:
    one, other = reporting.new_batches(2, 3)

    reporting.send(one)

    (request,) = gate.seen
    events = [json.loads(line) for line in request.content.splitlines()]
    assert str(request.url) == "http://gate:1/reports"
    assert request.headers["Authorization"] == "Bearer a.cloud.token"
    assert [event["_id"] for event in events] == [f"{one.name}/{n}" for n in range(3)]
    assert one.name != other.name


def test_every_attempt_is_in_the_journal_and_no_answer_is_unknown(
    reporting: Reporting, gate: Gate, warden: Any
) -> None:
    (batch,) = reporting.new_batches(1, 3)
    gate.left[batch.name] = [httpx.ReadTimeout("late"), 503]

    assert [reporting.send(batch) for _ in range(3)] == [None, 503, 202]
    told = [record for record in warden.told if record["kind"] == "reported"]
    assert [record["status"] for record in told] == [None, 503, 202]
    assert told[0]["error"] == "ReadTimeout: late"
    assert all(record["events"] == 3 and record["batch"] == batch.name for record in told)


def test_a_batch_is_sent_again_until_it_is_taken(reporting: Reporting, gate: Gate) -> None:
    batches = reporting.new_batches(5, 1)
    gate.left[batches[2].name] = [503, 503]

    reporting.send_until_taken(batches)

    assert sorted(str(status) for status in _statuses(reporting)) == ["202"] * 5 + ["503"] * 2


def test_a_batch_that_is_never_taken_is_given_up(
    reporting: Reporting, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "REPORTS_DELIVERED_S", 0)
    gate.away.set()

    with pytest.raises(GaveUp, match="a batch of reports to be taken, last saw 503"):
        reporting.send_until_taken(reporting.new_batches(1, 1))


def test_reports_around_trouble_are_sent_during_it_and_once_more(
    reporting: Reporting, gate: Gate
) -> None:
    def trouble(act: Callable[[], None]) -> tuple[float, float]:
        gate.away.set()
        act()
        gate.away.clear()
        return 1.0, 2.0

    reporting.report_around(reporting.new_batches(3, 1), trouble)

    assert _statuses(reporting) == [503] * 3 + [202] * 3
    assert reporting.away == (1.0, 2.0)


def test_reports_through_trouble_begin_before_it_and_run_into_it(
    reporting: Reporting, gate: Gate
) -> None:
    before: list[int] = []

    def trouble(act: Callable[[], None]) -> tuple[float, float]:
        before.append(_statuses(reporting).count(202))
        gate.away.set()
        try:
            act()
        finally:
            gate.away.clear()
        return 1.0, 2.0

    # slow enough for the trouble to come among them
    gate.left = {f"s1-k3f9-b{number}": [503] for number in range(7, 13)}
    reporting.report_through(reporting.new_batches(12, 1), trouble)

    assert before[0] >= 4
    assert 503 in _statuses(reporting)
    assert _statuses(reporting).count(202) == 12


def test_trouble_that_fails_ends_the_sending(reporting: Reporting) -> None:
    def trouble(act: Callable[[], None]) -> tuple[float, float]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        reporting.report_through(reporting.new_batches(30, 1), trouble)


def test_a_fence_is_no_batch_that_is_judged(reporting: Reporting, gate: Gate) -> None:
    fence = reporting.fence()

    event = json.loads(gate.seen[0].content)
    assert (event["_id"], event["uri"]) == (fence, FENCE)
    assert reporting.attempts == reporting.batches == []


def test_a_batch_is_well_below_what_a_gate_takes_at_once() -> None:
    assert len(Batch("s1-k3f9-b1", 2500).body()) < 1_000_000
