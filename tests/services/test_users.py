"""services.users"""

from collections.abc import Callable

import httpx
import pytest

from services.guarded import Guarded
from services.records import read_records
from services.settings import DATA
from services.users import FIELDS, users_app

SECRET = "a secret of the tests, long enough for HS256"
USERS = read_records("users", DATA / "users.json", "users", FIELDS)
APP = Guarded(users_app(USERS), SECRET)
Ask = Callable[..., httpx.Response]
Tokens = Callable[..., str]


@pytest.fixture
def get(ask: Ask, token_for: Tokens) -> Callable[..., httpx.Response]:
    def one(path: str, method: str = "GET", **claims: object) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token_for(**claims)}"}
        return ask(APP, method, path, headers=headers)

    return one


def test_the_public_line_is_open(ask: Ask) -> None:
    answer = ask(APP, "GET", "/public")
    assert (answer.status_code, answer.text) == (200, "Users Service: PUBLIC ENDPOINT")


def test_an_admin_gets_the_whole_list(get: Ask) -> None:
    everybody = get("/", userId=1, isAdmin=True).json()
    assert [user["email"] for user in everybody][:2] == ["ada@example.com", "grace@example.com"]


def test_nobody_else_gets_the_list(get: Ask) -> None:
    assert get("/", userId=2).status_code == 403


def test_everybody_gets_the_own_record(get: Ask) -> None:
    assert get("/2", userId=2).json()["email"] == "grace@example.com"
    assert get("/2", userId="2").json()["id"] == 2


def test_the_record_of_somebody_else_is_for_admins(get: Ask) -> None:
    assert get("/3", userId=2).status_code == 403
    assert get("/3", userId=1, isAdmin=True).json()["id"] == 3


def test_who_does_not_exist_is_404_only_for_who_may_know(get: Ask) -> None:
    assert get("/77", userId=1, isAdmin=True).status_code == 404
    assert get("/77", userId=2).status_code == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/", "/2", "/public"])
def test_an_unknown_method_is_405(get: Ask, method: str, path: str) -> None:
    assert get(path, method).status_code == 405


def test_an_unknown_path_is_404(get: Ask) -> None:
    assert get("/2/orders").status_code == 404
