"""What reached the services: asked of their ledgers, and noted to be judged again at the end."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from harness.scenario.arrivals import Arrivals
from harness.scenario.exchange import Exchange
from harness.scenario.stage import Stage

LEDGERS: dict[str, list[dict[str, Any]]] = {
    "users": [
        {"marker": "a", "path": "/1", "headers": [["X-Consumer-Username", "shop"]]},
        {"marker": "a", "path": "/2", "headers": [["x_consumer_username", "forged"]]},
    ],
    "orders": [{"marker": "b", "path": "/3", "headers": []}],
    "upstream": [],
    "auth": [
        {"marker": None, "function": "login-s1", "path": "/f/login-s1/invocations", "headers": []},
        {
            "marker": None,
            "function": "login-s1",
            "path": "/f/login-s1/configuration",
            "headers": [],
        },
    ],
}


@pytest.fixture
def arrivals(stage: Callable[..., Stage], web: Any) -> Arrivals:
    def ledger(request: httpx.Request) -> httpx.Response:
        query = dict(request.url.params)
        assert query.pop("after") == "0"
        found = [
            one
            for one in LEDGERS[request.url.host]
            if all(one.get(name) == value for name, value in query.items())
        ]
        return httpx.Response(200, json={"next": 9, "arrivals": found})

    return Arrivals(stage(), web(ledger))


def test_arrivals_are_those_that_the_calls_caused(
    arrivals: Arrivals, exchange: Callable[..., Exchange]
) -> None:
    a, b = exchange(marker="a"), exchange(marker="b")

    assert [one["path"] for one in arrivals.of("users", [a, b])] == ["/1", "/2"]
    assert [one["path"] for one in arrivals.of("orders", [a, b])] == ["/3"]
    assert arrivals.of("upstream", [a]) == []


def test_an_expectation_counts_now_and_is_judged_again_at_the_end(
    arrivals: Arrivals, exchange: Callable[..., Exchange], warden: Any
) -> None:
    assert arrivals.expect("users", [exchange(marker="a")], 1) == 2
    assert warden.told == [
        {"kind": "expectation", "scenario": "s1-k3f9", "services": ["users"],
         "markers": ["a"], "count": 1}
    ]  # fmt: skip


def test_nothing_means_nothing_at_any_service_that_keeps_a_ledger(
    arrivals: Arrivals, exchange: Callable[..., Exchange], warden: Any
) -> None:
    assert arrivals.expect_nothing([exchange(marker="c")]) == 0
    assert arrivals.expect_nothing([exchange(marker="b")]) == 1
    assert warden.told[0]["services"] == ["auth", "orders", "upstream", "users"]
    assert warden.told[0]["count"] == 0


def test_invocations_are_told_from_configuration_by_their_path(arrivals: Arrivals) -> None:
    assert len(arrivals.of_function("login-s1")) == 1
    assert arrivals.of_function("login-s2") == []


def test_a_header_is_seen_in_every_spelling(
    arrivals: Arrivals, exchange: Callable[..., Exchange]
) -> None:
    assert arrivals.identity("users", exchange(marker="a")) == ["shop", "forged"]


def test_a_ledger_that_fails_is_no_absence(
    stage: Callable[..., Stage], web: Any, exchange: Callable[..., Exchange]
) -> None:
    broken = Arrivals(stage(), web(lambda request: httpx.Response(500)))

    with pytest.raises(httpx.HTTPStatusError):
        broken.expect_nothing([exchange()])
