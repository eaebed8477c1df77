"""services.access"""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest

from services.access import Caller, caller_of

SECRET = "a secret of the tests, long enough for HS256"
Tokens = Callable[..., str]


def test_a_valid_token_names_its_caller(token_for: Tokens) -> None:
    assert caller_of(f"Bearer {token_for(userId=1, isAdmin=True)}", SECRET) == Caller("1", True)


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
def test_the_scheme_has_no_case(token_for: Tokens, scheme: str) -> None:
    assert caller_of(f"{scheme} {token_for()}", SECRET) == Caller("2", False)


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer a.b.c", "Bearer é.ü.ö"]
)
def test_no_token_names_nobody(authorization: str | None) -> None:
    assert caller_of(authorization, SECRET) is None


def test_an_expired_token_names_nobody(token_for: Tokens) -> None:
    assert caller_of(f"Bearer {token_for(exp=int(time.time()) - 1)}", SECRET) is None


def test_a_token_without_exp_names_nobody(token_for: Tokens) -> None:
    assert caller_of(f"Bearer {token_for(without='exp')}", SECRET) is None


def test_a_token_of_somebody_elses_secret_names_nobody(token_for: Tokens) -> None:
    foreign = token_for("another secret, also long enough for HS256")
    assert caller_of(f"Bearer {foreign}", SECRET) is None


def test_another_algorithm_names_nobody(token_for: Tokens) -> None:
    long_secret = SECRET * 2
    token = token_for(long_secret, alg="HS512")
    assert caller_of(f"Bearer {token}", long_secret) is None


def test_an_unsigned_token_names_nobody() -> None:
    claims = {"userId": 1, "isAdmin": True, "exp": int(time.time()) + 60}
    assert caller_of(f"Bearer {_part({'alg': 'none'})}.{_part(claims)}.", SECRET) is None


@pytest.mark.parametrize(
    "claims",
    [
        {"userId": True},
        {"userId": None},
        {"userId": ""},
        {"userId": 1.5},
        {"userId": ["2"]},
        {"isAdmin": 1},
        {"isAdmin": "true"},
        {"isAdmin": None},
        {"exp": "soon"},
        {"exp": None},
    ],
)
def test_claims_of_an_odd_type_name_nobody(token_for: Tokens, claims: dict[str, Any]) -> None:
    assert caller_of(f"Bearer {token_for(**claims)}", SECRET) is None


@pytest.mark.parametrize("claims", [{"aud": "x"}, {"iss": 7}, {"iat": 4102444800}, {"jti": 5}])
def test_claims_that_mean_nothing_here_do_no_harm(
    token_for: Tokens, claims: dict[str, Any]
) -> None:
    assert caller_of(f"Bearer {token_for(**claims)}", SECRET) == Caller("2", False)


def test_a_hostile_header_names_nobody() -> None:
    deep = urlsafe_b64encode(b'{"alg":' + b"[" * 200_000).decode().rstrip("=")
    assert caller_of(f"Bearer {deep}.e30.AAAA", SECRET) is None


def test_only_admins_see_others() -> None:
    assert Caller("1", True).may_see("2")
    assert Caller("2", False).may_see("2")
    assert not Caller("2", False).may_see("3")


def _part(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
