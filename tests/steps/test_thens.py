"""Every Then that counts or compares can fail: it is held against what it promises and what it does not."""

import importlib
import json
from types import SimpleNamespace
from typing import Any

import pytest

import steps
from harness.scenario.exchange import Exchange
from harness.specification import sentences
from harness.verdicts import Broken

SHOP = "shop-s1"
ID = {"X-Request-Id": "a"}


def _say(text: str, **fixtures: Any) -> None:
    """Run the Then that a feature would run for this sentence."""
    for module in steps.MODULES:
        importlib.import_module(module)
    (found,) = [one for one in sentences.definitions() if one.matches("then", text)]
    arguments = found.context.parser.parse_arguments(text) or {}
    converters = found.context.converters
    said = {name: converters.get(name, str)(value) if name in converters else value
            for name, value in arguments.items()}  # fmt: skip
    wanted = found.function.__code__.co_varnames[: found.function.__code__.co_argcount]
    found.function(**{name: {**fixtures, **said}[name] for name in wanted})


def _exchange(status: int = 200, body: Any = "", took_s: float = 0.01, **headers: str) -> Exchange:
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    text = body if isinstance(body, str) else json.dumps(body)
    return Exchange(
        "m", "eu-1", "GET", "http://h/", "h", (), "", 100.0, 100.0, 100.0 + took_s, status, pairs, text
    )  # fmt: skip


def _calls(*batch: Exchange) -> Any:
    desk = SimpleNamespace(
        client=SimpleNamespace(facts={"environment": "embedded"}), secrets={"jwt": "s3cret"}
    )
    scope = SimpleNamespace(name=lambda name: f"{name}-s1")
    stage = SimpleNamespace(scope=scope, desk=desk)
    made = batch or (_exchange(),)
    return SimpleNamespace(batch=list(made), last=made[-1], stage=stage)


class Arrivals:
    """Ledgers that say what the case says."""

    def __init__(self, count: int = 1, found: Any = ()) -> None:
        self.count, self.found = count, found

    def expect(self, *_: Any) -> int:
        return self.count

    expect_nothing = expect

    def of(self, *_: Any, **__: Any) -> Any:
        return self.found

    of_function = header = identity = of


ARRIVING: list[tuple[str, Arrivals, Arrivals]] = [
    ("nothing reached any service", Arrivals(0), Arrivals(1)),
    ("Users was reached once", Arrivals(1), Arrivals(0)),
    ("Users was reached once", Arrivals(1), Arrivals(2)),
    ("Users was reached 3 times", Arrivals(3), Arrivals(2)),
    ("Users was reached 3 times", Arrivals(3), Arrivals(4)),
    ('Users was reached once, at "/a"', Arrivals(1, [{"path": "/a"}]), Arrivals(1, [{"path": "/b"}])),
    ('Users was reached once, at "/a"', Arrivals(1, [{"path": "/a"}]), Arrivals(2, [{"path": "/a"}])),
    ('Echo saw "Shop" as the consumer, and nobody else', Arrivals(1, [SHOP]), Arrivals(1, [SHOP, "x"])),
    ('Echo saw "Shop" as the consumer, and nobody else', Arrivals(1, [SHOP]), Arrivals(1, [])),
    ("Echo saw no identity", Arrivals(1, []), Arrivals(1, ["root"])),
    ("the function was invoked 2 times", Arrivals(1, [1, 2]), Arrivals(1, [1])),
    ("the function was reached once", Arrivals(1, [1]), Arrivals(1, [])),
    ('Echo saw the header "X-A" as "b"', Arrivals(1, ["b"]), Arrivals(1, ["b", "c"])),
    ('Echo saw no header "X-A"', Arrivals(1, []), Arrivals(1, ["b"])),
    ("Echo received 3 bytes", Arrivals(1, [{"body_bytes": 3}]), Arrivals(1, [{"body_bytes": 2}])),
    ("Echo received 3 bytes", Arrivals(1, [{"body_bytes": 3}]), Arrivals(1, [])),
    ("the function received at least 3 bytes",
     Arrivals(1, [{"body_bytes": 3}]), Arrivals(1, [{"body_bytes": 2}])),
    ("every call reached Echo exactly once", Arrivals(1), Arrivals(2)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "right", "wrong"), ARRIVING)
def test_a_then_about_arrivals_fails_where_they_are_others(
    text: str, right: Arrivals, wrong: Arrivals
) -> None:
    _say(text, arrivals=right, calls=_calls())
    with pytest.raises(AssertionError):
        _say(text, arrivals=wrong, calls=_calls())


OVER = _exchange(429, {"message": "API rate limit exceeded", "request_id": "r"}, Retry_After="9")
ANSWERING: list[tuple[str, list[Exchange], list[Exchange]]] = [
    ("the call is answered", [_exchange()], [_exchange(500)]),
    ("every call is answered", [_exchange()] * 2, [_exchange(), OVER]),
    ("the first 2 calls are answered", [_exchange(), _exchange(), OVER], [_exchange(), OVER, OVER]),
    ("the 2nd call is refused as over quota", [_exchange(), OVER], [OVER, _exchange()]),
    ("exactly 1 calls are refused as over quota", [_exchange(), OVER], [OVER, OVER]),
    ("the other 1 calls are refused as over quota", [_exchange(), OVER], [_exchange()] * 2),
    ('the answer says "hello"', [_exchange(body="hello\n")], [_exchange(body="hello you")]),
    ("every answer has a request id of its own", [_exchange(X_Request_Id="a")],
     [_exchange(X_Request_Id="a")] * 2),
    ("every answer has a request id of its own", [_exchange(X_Request_Id="a")], [_exchange()]),
    ('the answer has the header "X-A"', [_exchange(X_A="b")], [_exchange()]),
    ('the answer allows "https://a.test"', [_exchange(Access_Control_Allow_Origin="https://a.test")],
     [_exchange(Access_Control_Allow_Origin="*")]),
    ("the answer carries no trace of a limit", [_exchange()], [_exchange(RateLimit_Limit="3")]),
    ("the last answer says that 2 calls an hour remain",
     [_exchange(X_RateLimit_Remaining_Hour="2")], [_exchange(X_RateLimit_Remaining_Hour="1")]),
    ("only the first call had to wait", [_exchange(took_s=2), _exchange()],
     [_exchange(), _exchange(took_s=2)]),
    ("the connection is closed", [_exchange(Connection="close")], [_exchange()]),
    ("nothing follows the head of the answer", [_exchange(404)], [_exchange(404, "text")]),
    ("the answer carries no secret", [_exchange(body="***")], [_exchange(body="a s3cret")]),
    ('the call is answered 201 with "made"', [_exchange(201, "made")], [_exchange(200, "made")]),
    ("the gate's answer says nothing about Echo", [_exchange(403)], [_exchange(body="upstream")]),
    ("the function says 401", [_exchange(body={"statusCode": 401})],
     [_exchange(body={"statusCode": 401, "body": "x"})]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "right", "wrong"), ANSWERING)
def test_a_then_about_answers_fails_where_they_are_others(
    text: str, right: list[Exchange], wrong: list[Exchange]
) -> None:
    _say(text, calls=_calls(*right))
    with pytest.raises((AssertionError, Broken)):
        _say(text, calls=_calls(*wrong))


class Index:
    """An index that says what the case says."""

    def __init__(self, **said: Any) -> None:
        self.said = said

    def count_per_call(self, _: Any) -> Any:
        return self.said["counts"]

    def events_of(self, _: Any) -> Any:
        return self.said["events"]

    def leaks(self, _: Any) -> Any:
        return self.said["leaks"]

    def total(self, *_: Any, **__: Any) -> Any:
        return self.said["total"]

    def off_by_s(self, _: Any) -> Any:
        return self.said["off_s"]


_ONE, _BY_SHOP = (
    "every call is exactly one event in the index of its account",
    "the event says 200, by Shop",
)
INDEXED: list[tuple[str, Index, Index]] = [
    (_ONE, Index(counts={"a": 1, "b": 1}), Index(counts={"a": 1, "b": 0})),
    (_ONE, Index(counts={"a": 1}), Index(counts={"a": 2})),
    (_BY_SHOP, Index(events=[{"status": 200, "application-name": SHOP}]), Index(events=[])),
    (_BY_SHOP, Index(events=[{"status": 200, "application-name": SHOP}]),
     Index(events=[{"status": 200}])),
    ("the event says 401, by nobody", Index(events=[{"status": 401}]),
     Index(events=[{"status": 401, "application-name": SHOP}])),
    ("the event is dated as the call was made", Index(off_s=0.2), Index(off_s=3600.0)),
    ("no event carries a credential", Index(leaks=[]), Index(leaks=["uri"])),
    ("the index of the EU account holds 2 events in all", Index(total=2), Index(total=3)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "right", "wrong"), INDEXED)
def test_a_then_about_events_fails_where_they_are_others(
    text: str, right: Index, wrong: Index
) -> None:
    _say(text, index=right, calls=_calls())
    with pytest.raises(AssertionError):
        _say(text, index=wrong, calls=_calls())
