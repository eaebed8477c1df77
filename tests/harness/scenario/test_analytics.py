"""The index from outside: a fence makes sure that absence means absence."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from harness import patience
from harness.eventually import GaveUp
from harness.scenario import analytics
from harness.scenario.analytics import Index
from harness.scenario.calls import Calls
from harness.scenario.exchange import Exchange
from harness.scenario.stage import Stage


class Ingest:
    """Indexes an event for every call that reaches a gateway, unless it drops or doubles them."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.times = 1
        self.offsets = {"0": 0}
        self.searched: list[httpx.URL] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "ingest":
            self.searched.append(request.url)
            asked = dict(request.url.params)
            limit = int(asked.pop("limit", 100))
            wanted = {k: v for k, v in asked.items() if k not in ("at_least", "wait_s")}
            found = [e for e in self.events if wanted.items() <= e.items()]
            if request.url.path == "/health":
                return httpx.Response(200, json={"offsets": self.offsets})
            if request.url.path == "/indices":
                return httpx.Response(200, json={"indices": [{"count": len(self.events)}]})
            if request.url.path.endswith("/count"):
                return httpx.Response(200, json={"count": len(found)})
            found = found[:limit]
            return httpx.Response(200, json={"total": len(found), "events": found})
        event = {
            "transaction-id": request.headers["X-Gateproof-Marker"],
            "uri": request.url.path,
            "status": 404,
        }
        self.events += [event] * self.times
        return httpx.Response(404)


@pytest.fixture
def ingest() -> Ingest:
    return Ingest()


@pytest.fixture
def index(stage: Callable[..., Stage], web: Any, ingest: Ingest) -> Index:
    one = stage()
    client = web(ingest)
    return Index(one, Calls(one, client), client)


def _called(
    exchange: Callable[..., Exchange], ingest: Ingest, marker: str, **said: Any
) -> Exchange:
    ingest.events.append({"transaction-id": marker, "uri": "/users", "status": 200, **said})
    return exchange(marker=marker)


def test_events_are_looked_for_only_when_a_fence_is_in_the_index(
    index: Index, ingest: Ingest, exchange: Callable[..., Exchange]
) -> None:
    one = _called(exchange, ingest, "a")

    (event,) = index.events_of([one])

    assert event["transaction-id"] == "a"
    assert [e["uri"] for e in ingest.events] == ["/users", "/gateproof-fence"]
    asked_for = [url.params["transaction-id"] for url in ingest.searched]
    assert asked_for[0] != "a"
    assert asked_for[-1] == "a"


def test_every_replica_that_took_calls_gets_a_fence(
    index: Index, ingest: Ingest, exchange: Callable[..., Exchange]
) -> None:
    index.events_of([exchange(replica=name) for name in ("eu-1", "eu-2", "eu-1")])

    assert [one.replica for one in index.calls.made] == ["eu-1", "eu-2"]


def test_a_fence_that_never_arrives_is_given_up_on(
    index: Index, ingest: Ingest, exchange: Callable[..., Exchange], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "EVENT_INDEXED_S", 0)
    ingest.times = 0

    with pytest.raises(GaveUp, match="an event to be in the index"):
        index.events_of([exchange()])


def test_events_are_counted_per_call_and_none_is_zero(
    index: Index, ingest: Ingest, exchange: Callable[..., Exchange]
) -> None:
    once, twice = _called(exchange, ingest, "a"), _called(exchange, ingest, "b")
    _called(exchange, ingest, "b")
    never = exchange(marker="c")

    assert index.count_per_call([once, twice, never]) == {"a": 1, "b": 2, "c": 0}


def test_whoever_kills_ingest_can_wait_until_it_has_read(
    index: Index, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "EVENT_INDEXED_S", 0)
    ingest.offsets = {"0": 2, "1": 3}

    index.wait_until_read(5)
    with pytest.raises(GaveUp, match="ingest to have read every event"):
        index.wait_until_read(6)


def test_totals_leave_the_fences_out(
    index: Index, ingest: Ingest, exchange: Callable[..., Exchange]
) -> None:
    index.events_of([_called(exchange, ingest, "a"), _called(exchange, ingest, "b")])

    assert index.total("eu") == 2


def test_a_total_waits_for_as_many_as_are_expected(index: Index, ingest: Ingest) -> None:
    index.total("eu", at_least=3)

    assert ingest.searched[0].params["at_least"] == "3"
    assert float(ingest.searched[0].params["wait_s"]) > 0


@pytest.mark.parametrize(
    ("dated", "off_s"), [("01:40.005", 0.0), ("01:39.000", 1.0), ("01:42.012", 2.0)]
)
def test_the_time_of_an_event_is_held_against_that_of_its_call(
    index: Index, ingest: Ingest, exchange: Callable[..., Exchange], dated: str, off_s: float
) -> None:
    timestamp = f"1970-01-01T00:{dated}+00:00"
    one = _called(exchange, ingest, "a", **{"@timestamp": timestamp})

    assert index.off_by_s(one) == pytest.approx(off_s)


def test_a_credential_in_any_field_is_a_leak(
    index: Index, ingest: Ingest, exchange: Callable[..., Exchange]
) -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VySWQiOjF9.c2lnbmF0dXJl"
    clean = _called(exchange, ingest, "a", uri="/users?jwt=***")
    leaking = _called(exchange, ingest, "b", uri=f"/users?x={token}")
    known = _called(exchange, ingest, "c", agent=index.stage.desk.secrets["aws_secret"])

    assert index.leaks([clean]) == []
    assert index.leaks([clean, leaking, known]) == ["uri", "agent"]


def test_many_calls_are_looked_up_in_one_look(
    index: Index, ingest: Ingest, exchange: Callable[..., Exchange]
) -> None:
    made = [_called(exchange, ingest, f"c{number}") for number in range(150)]
    _called(exchange, ingest, "c7")
    _called(exchange, ingest, "a stranger's")
    ingest.events = [event for event in ingest.events if event["transaction-id"] != "c9"]

    counts = index.count_per_call(made)

    assert {marker: count for marker, count in counts.items() if count != 1} == {"c7": 2, "c9": 0}
    assert len(ingest.searched) < 5


def test_an_index_that_is_too_big_for_one_look_is_asked_for_each_call(
    index: Index,
    ingest: Ingest,
    exchange: Callable[..., Exchange],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(analytics, "_LIMIT", 30)
    made = [_called(exchange, ingest, f"c{number}") for number in range(40)]

    assert set(index.count_per_call(made).values()) == {1}


def test_documents_are_read_when_the_fence_is_there(index: Index, ingest: Ingest) -> None:
    ingest.events = [
        {"_id": "b1/0", "batch": "b1"},
        {"_id": "b2/0", "batch": "b2"},
        {"_id": "f/0", "batch": "f"},
    ]

    assert index.documents_of(["b1", "b2"], "f/0") == ["b1/0", "b2/0"]
    assert ingest.searched[0].params["_id"] == "f/0"


def test_a_message_that_made_no_document_was_a_repeated_one(index: Index, ingest: Ingest) -> None:
    ingest.events = [{"_id": "b1/0"}, {"_id": "b1/1"}]
    ingest.offsets = {"0": 3, "3": 1}

    assert index.repeated() == 2
