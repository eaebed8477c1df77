"""Calls: marked, sent to the right place, timed, recorded; no answer in time is unknown."""

import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from harness import patience
from harness.markers import HEADER
from harness.scenario import calls as calling
from harness.scenario.calls import Call, Calls
from harness.scenario.stage import Stage
from harness.verdicts import Broken


@pytest.fixture
def calls(stage: Callable[..., Stage], web: Any) -> Callable[..., tuple[Calls, list[Any]]]:
    """Calls to a web that answers by a function, and the requests that it saw."""

    def make(answer: Callable[[httpx.Request], httpx.Response] | None = None) -> Any:
        seen: list[httpx.Request] = []

        def reply(request: httpx.Request) -> httpx.Response:
            seen.append(request)
            return answer(request) if answer else httpx.Response(200, text="hello")

        return Calls(stage(), web(reply)), seen

    return make


def test_a_call_to_a_gateway_carries_the_scenarios_host_and_a_mark(calls: Any) -> None:
    made, (seen,) = _sent(calls, Call("GET", "/users?a=1", "eu-2", (("X-A", "b"),)))

    assert str(seen.url) == "http://eu-2:1/users?a=1"
    assert seen.headers["Host"] == "s1-k3f9.gateway.test"
    assert seen.headers[HEADER] == made.marker == "k3f9.s1-k3f9.w0-1"
    assert seen.headers["X-A"] == "b"


def _sent(calls: Any, call: Call) -> Any:
    made, seen = calls()
    return made.one(call), seen


def test_a_call_to_a_service_goes_there_under_its_own_host(calls: Any) -> None:
    _, (seen,) = _sent(calls, Call("POST", "/x", "users", body="{}"))

    assert str(seen.url) == "http://users:1/x"
    assert seen.headers["Host"] == "users:1"
    assert seen.content == b"{}"


def test_the_answer_is_kept_with_all_its_headers(calls: Any) -> None:
    made, _ = calls(
        lambda _: httpx.Response(429, headers=[("x-a", "1"), ("X-A", "2")], json={"m": "ü"})
    )
    exchange = made.one(Call("GET", "/", "eu-1"))

    assert (exchange.status, exchange.timed_out, exchange.error) == (429, False, "")
    assert [value for name, value in exchange.headers if name == "X-A"] == ["1", "2"]
    assert "ü" in exchange.body
    assert exchange.ended_s >= exchange.started_s == exchange.intended_s


def _raise(error: Exception) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error

    return answer


@pytest.mark.parametrize("error", [httpx.ReadTimeout("x"), httpx.ConnectTimeout("x")])
def test_no_answer_in_time_is_neither_admitted_nor_refused(calls: Any, error: Exception) -> None:
    made, _ = calls(_raise(error))
    exchange = made.one(Call("GET", "/", "eu-1"))

    assert exchange.timed_out
    assert exchange.status is None
    assert exchange.error == f"timed out: {type(error).__name__}"


def test_a_connection_that_fails_is_an_answer_that_never_came(calls: Any) -> None:
    made, _ = calls(_raise(httpx.ConnectError("refused")))
    exchange = made.one(Call("GET", "/", "eu-1"))

    assert (exchange.status, exchange.timed_out) == (None, False)
    assert exchange.error == "ConnectError: refused"


def test_every_call_is_recorded_with_step_and_scenario_also_one_without_answer(
    calls: Any, warden: Any
) -> None:
    made, _ = calls(_raise(httpx.ReadTimeout("x")))
    made.stage.step = "Ada calls"
    made.one(Call("GET", "/", "eu-1", (("Authorization", "Bearer abc"),)))

    (record,) = warden.told
    assert (record["kind"], record["scenario"], record["step"]) == ("call", "s1-k3f9", "Ada calls")
    assert record["status"] is None
    assert "abc" not in str(record)


def test_calls_in_turn_keep_their_order_and_have_marks_of_their_own(calls: Any) -> None:
    made, seen = calls()
    batch = made.in_turn([Call("GET", f"/{n}", "eu-1") for n in range(5)])

    assert [request.url.path for request in seen] == [f"/{n}" for n in range(5)]
    assert len({exchange.marker for exchange in batch}) == 5
    assert made.made == batch


def test_calls_at_once_are_really_under_way_together(calls: Any, warden: Any) -> None:
    together = threading.Barrier(6, timeout=5)

    def answer(request: httpx.Request) -> httpx.Response:
        together.wait()
        return httpx.Response(200)

    made, _ = calls(answer)
    batch = made.at_once([Call("GET", f"/{n}", "eu-1") for n in range(6)])

    assert [exchange.status for exchange in batch] == [200] * 6
    assert len({exchange.marker for exchange in batch}) == 6
    assert len({exchange.intended_s for exchange in batch}) == 1
    assert len(warden.told) == 6


@pytest.mark.parametrize("asked", [1, 5])
def test_who_is_asleep_is_woken_when_every_call_lies_there(
    calls: Any, monkeypatch: pytest.MonkeyPatch, asked: int
) -> None:
    """The web says through the trace that a request is sent, and answers once it is woken."""
    lying, awake = [], threading.Event()

    def answer(request: httpx.Request) -> httpx.Response:
        request.extensions["trace"]("http11.send_request_headers.complete", {})
        lying.append(request)
        request.extensions["trace"]("http11.send_request_body.complete", {})
        assert awake.wait(5)
        return httpx.Response(200)

    def wake() -> None:
        assert len(lying) == asked
        awake.set()

    made, _ = calls(answer)
    batch = made.at_once_before([Call("GET", "/", "eu-1")] * asked, wake)

    assert [exchange.status for exchange in batch] == [200] * asked


def test_calls_that_cannot_be_sent_in_time_prove_nothing(
    calls: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "CALL_S", 0.01)
    made, _ = calls()
    woken: list[bool] = []

    with pytest.raises(Broken, match="could not all be sent"):
        made.at_once_before([Call("GET", "/", "eu-1")], lambda: woken.append(True))
    assert woken, "nobody stays asleep"


def test_something_is_done_while_a_call_is_under_way(calls: Any) -> None:
    done = threading.Event()

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200 if done.wait(5) else 504)

    made, _ = calls(answer)

    assert made.meanwhile(Call("GET", "/slow", "eu-1"), done.set).status == 200


def test_the_client_follows_nobodys_proxy_and_no_redirect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    with calling.client() as client:
        assert client.trust_env is False
        assert client.follow_redirects is False


def test_calls_go_on_steadily_for_as_long_as_the_work_takes(calls: Any) -> None:
    made, seen = calls()
    enough = threading.Event()
    made.client.event_hooks = {"response": [lambda _: enough.set() if len(seen) > 5 else None]}

    batch = made.steadily(Call("GET", "/", "eu-1"), lambda: enough.wait(10))

    assert enough.is_set()
    assert len(batch) == len(seen) == len({exchange.marker for exchange in batch})


def test_calls_end_when_the_work_fails(calls: Any) -> None:
    made, _ = calls()

    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        made.steadily(Call("GET", "/", "eu-1"), fail)
