"""services.orders"""

from collections.abc import Callable

import httpx
import pytest

from services.guarded import Guarded
from services.orders import FIELDS, orders_app
from services.records import read_records
from services.settings import DATA

SECRET = "a secret of the tests, long enough for HS256"
ORDERS = read_records("orders", DATA / "orders.json", "orders", FIELDS)
APP = Guarded(orders_app(ORDERS), SECRET)
Ask = Callable[..., httpx.Response]


@pytest.fixture
def get(ask: Ask, token_for: Callable[..., str]) -> Callable[..., httpx.Response]:
    def one(path: str, method: str = "GET", **claims: object) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token_for(**claims)}"}
        return ask(APP, method, path, headers=headers)

    return one


def test_the_public_line_is_open(ask: Ask) -> None:
    answer = ask(APP, "GET", "/public")
    assert (answer.status_code, answer.text) == (200, "Orders Service: PUBLIC ENDPOINT")


def test_everybody_gets_the_own_orders(get: Ask) -> None:
    assert [order["userId"] for order in get("/2", userId=2).json()] == [2, 2]


def test_who_ordered_nothing_gets_an_empty_list(get: Ask) -> None:
    assert get("/6", userId=6).json() == []


def test_the_orders_of_somebody_else_are_for_admins(get: Ask) -> None:
    assert get("/3", userId=2).status_code == 403
    assert len(get("/3", userId=1, isAdmin=True).json()) == 1


def test_an_unknown_method_is_405(get: Ask) -> None:
    assert get("/2", "POST", userId=2).status_code == 405


def test_there_is_no_list_of_all_orders(get: Ask) -> None:
    assert get("/", userId=1, isAdmin=True).status_code == 404
