"""services.control"""

from collections.abc import Callable

import httpx
import pytest

from services.control import control
from services.ledger import Arrival, Ledger

Ask = Callable[..., httpx.Response]


@pytest.fixture
def ledger() -> Ledger:
    ledger = Ledger(capacity=3)
    for marker in ("a", "b", "a", "b"):
        arrived = Arrival("users", 5.5, "GET", "/x?y", (("Host", "h"),), marker, None, 3, "abc")
        ledger.arrive(arrived)
    return ledger


def test_health_names_the_service(ask: Ask, ledger: Ledger) -> None:
    found = ask(control("users", ledger), "GET", "/health").json()
    assert found == {"status": "up", "service": "users"}


def test_the_ledger_is_read_by_cursor_and_marker(ask: Ask, ledger: Ledger) -> None:
    page = ask(control("users", ledger), "GET", "/ledger?after=2&marker=a").json()
    assert page == {
        "next": 4,
        "dropped": 0,
        "arrivals": [
            {
                "seq": 3,
                "service": "users",
                "at": 5.5,
                "method": "GET",
                "path": "/x?y",
                "headers": [["Host", "h"]],
                "marker": "a",
                "function": None,
                "body_bytes": 3,
                "body": "abc",
                "status": None,
                "trailers": [],
                "head": None,
            }
        ],
    }


def test_a_cursor_that_comes_too_late_is_told(ask: Ask, ledger: Ledger) -> None:
    assert ask(control("users", ledger), "GET", "/ledger?after=0").json()["dropped"] == 1


@pytest.mark.parametrize("after", ["x", "-1", "1.5", ""])
def test_a_bad_cursor_is_400(ask: Ask, ledger: Ledger, after: str) -> None:
    assert ask(control("users", ledger), "GET", f"/ledger?after={after}").status_code == 400
