"""Events: ids that nobody chooses, times that are right, no secret in the address."""

from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import to_builtins

from gateway.events import EventMaker, Ids, Times, final_status, masked, written_name, written_uri


def test_ids_are_uuids_and_never_the_same():
    ids = Ids()
    found = [ids.next() for _ in range(1000)]
    assert len(set(found)) == 1000
    assert all(str(UUID(identity)) == identity for identity in found)
    assert Ids().next()[:24] != found[0][:24]


@given(st.floats(0, 4e9))
def test_times_are_iso_with_milliseconds(epoch_s):
    found = datetime.fromisoformat(Times().iso(epoch_s))
    assert abs(found.timestamp() - epoch_s) <= 0.0011
    assert found.utcoffset().total_seconds() == 0


def test_a_second_is_formatted_once():
    times = Times()
    moment = datetime(2026, 1, 31, 12, 0, 1, tzinfo=UTC).timestamp()
    assert times.iso(moment + 0.25) == "2026-01-31T12:00:01.250+00:00"
    assert times.iso(moment + 0.75) == "2026-01-31T12:00:01.750+00:00"
    assert times.iso(moment + 1) == "2026-01-31T12:00:02.000+00:00"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (b"/a", "/a"),
        (b"/a?b=c", "/a?b=c"),
        (b"/a?jwt=x&b", "/a?jwt=***&b"),
        (b"/a?custom=x&Custom=y", "/a?custom=***&Custom=y"),
        (b"/a?%6awt=x", "/a?%6awt=***"),
        (b"/a?TOKEN=x", "/a?TOKEN=***"),
        (b"/a@b", "/a@b"),
        (b"http://user:pw@host/a", "http://***@host/a"),
        (b"http://host/a", "http://host/a"),
    ],
)
def test_no_credential_is_in_the_address(target, expected):
    exchange = SimpleNamespace(request=SimpleNamespace(target=target))
    assert written_uri(exchange, frozenset({"custom"})) == expected


def test_a_parameter_without_a_value_holds_no_secret():
    assert masked("token", frozenset()) == "token"


def test_a_client_that_left_has_a_status():
    assert final_status(SimpleNamespace(status=0)) == 499
    assert final_status(SimpleNamespace(status=204)) == 204


def test_names_are_those_of_the_index():
    assert [written_name(name) for name in ("id", "timestamp", "api_id")] == [
        "_id",
        "@timestamp",
        "api-id",
    ]


def test_an_event_says_who_called_what(world):
    consumer = SimpleNamespace(id="c1", username="acme")
    route = SimpleNamespace(id="r1", name="all")
    service = SimpleNamespace(id="s1", name="users")
    refusal = SimpleNamespace(code="over-quota", message="API rate limit exceeded")
    exchange = SimpleNamespace(
        request=SimpleNamespace(
            method="GET", target=b"/u", local=("l", 1), peer=("p", 2),
            first={b"host": b"h", b"user-agent": b"x" * 2000}, body=SimpleNamespace(size_bytes=3)
        ),
        request_id="q", transaction="t", started_at=0.0, upstream_s=0.25, upstream_path="/v1",
        endpoint="http://up/v1", consumer=consumer, route=route, service=service, refusal=refusal,
    )  # fmt: skip
    reply = SimpleNamespace(status=429, body_bytes=5)
    maker = EventMaker("eu-1", "acme-org", "prod")
    event = to_builtins(maker.event(exchange, reply, frozenset(), 0.5))
    assert (event["api-id"], event["api-name"], event["route-name"]) == ("s1", "users", "all")
    assert (event["application-id"], event["application-name"]) == ("c1", "acme")
    assert (event["endpoint"], event["endpoint-response-time-ms"]) == ("http://up/v1", 250.0)
    assert (event["gateway-response-time-ms"], event["gateway-latency-ms"]) == (500.0, 250.0)
    assert (event["error-key"], len(event["user-agent"])) == ("over-quota", 1024)

    exchange.consumer = SimpleNamespace(id="c2", username=None)
    exchange.service = exchange.refusal = None
    exchange.endpoint, route.name = "", None
    event = to_builtins(maker.event(exchange, reply, frozenset(), 0.1))
    assert (event["application-id"], event["api-id"]) == ("c2", "r1")
    assert event["gateway-latency-ms"] == 0.0
    assert not {"application-name", "api-name", "route-name", "endpoint", "error-key"} & set(event)

    exchange.consumer = exchange.route = None
    event = to_builtins(maker.event(exchange, reply, frozenset(), 0.1))
    assert (event["application-id"], event["api-id"]) == ("1", "1")
