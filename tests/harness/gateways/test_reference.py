"""The adapter of the reference gateway: what it asks of the admin port."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from harness.gateways import GATEWAYS, PLANNED
from harness.gateways.reference import Reference

Adapter = Callable[..., tuple[Reference, list[httpx.Request]]]


@pytest.fixture
def adapter(web: Any) -> Adapter:
    def make(answer: Any, status: int = 200) -> tuple[Reference, list[httpx.Request]]:
        seen: list[httpx.Request] = []

        def reply(request: httpx.Request) -> httpx.Response:
            seen.append(request)
            return httpx.Response(status, json=answer)

        return Reference("http://admin:1", web(reply)), seen

    return make


def test_the_status_is_read_from_the_admin_port(adapter: Adapter) -> None:
    gateway, (*_,) = adapter({"version": 3})

    assert gateway.status() == {"version": 3}


def test_it_waits_at_the_gateway_and_longer_than_the_gateway_does(adapter: Adapter) -> None:
    gateway, seen = adapter({"version": 3})
    gateway.wait_for_version(3, 2)

    assert str(seen[0].url) == "http://admin:1/status?wait_version=3&wait_s=2"
    assert seen[0].extensions["timeout"]["read"] > 2


def test_credentials_of_a_consumer_are_a_list(adapter: Adapter) -> None:
    gateway, seen = adapter({"data": [{"key": "k"}], "next": None})

    assert gateway.credentials("shop-s1") == [{"key": "k"}]
    assert seen[0].url.path == "/consumers/shop-s1/jwt"


def test_an_admin_port_that_refuses_is_an_error(adapter: Adapter) -> None:
    gateway, _ = adapter({"message": "Not found"}, status=404)

    with pytest.raises(httpx.HTTPStatusError):
        gateway.credentials("nobody")


def test_what_can_be_asked_for_and_what_is_planned_are_apart() -> None:
    assert set(GATEWAYS) == {"reference"}
    assert not set(PLANNED) & set(GATEWAYS)
