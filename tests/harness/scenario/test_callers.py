"""Who calls, and with which credentials."""

import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from harness.scenario.callers import SOMEBODY, Caller
from harness.scenario.stage import Stage
from harness.specification.fragments import Fragment

SHOP = Fragment(
    consumers={
        "shop": {"jwt_secrets": [{"key": "shop-key-${suffix}", "secret": "${secret.jwt}"}]},
        "acme": {"jwt_secrets": [{"key": "acme-key-${suffix}", "secret": "${secret.jwt}"}]},
    }
)


@pytest.fixture
def caller(stage: Callable[..., Stage]) -> Caller:
    return Caller(stage(SHOP), {})


def _claims(caller: Caller, token: str) -> dict[str, Any]:
    return jwt.decode(token, caller.stage.desk.secrets["jwt"], algorithms=["HS256"])


def test_somebody_brings_nothing(caller: Caller) -> None:
    assert caller.credentials_of(SOMEBODY) == ()


def test_a_person_brings_a_token_of_her_own_with_the_key_of_the_consumer(caller: Caller) -> None:
    ((name, value),) = caller.credentials_of("Grace")
    claims = _claims(caller, value.removeprefix("Bearer "))

    assert name == "Authorization"
    assert (claims["email"], claims["isAdmin"]) == ("grace@example.com", False)
    assert claims["kid"] == "shop-key-s1-k3f9"
    assert claims["exp"] > claims["iat"]


def test_an_application_brings_the_key_of_its_own_consumer(caller: Caller) -> None:
    assert _claims(caller, caller.token_of("Acme"))["kid"] == "acme-key-s1-k3f9"
    assert _claims(caller, caller.token_of("Shop"))["kid"] == "shop-key-s1-k3f9"


def test_a_token_that_was_handed_out_is_used_first(caller: Caller) -> None:
    caller.handed["Grace"] = "handed"

    assert caller.credentials_of("Grace") == (("Authorization", "Bearer handed"),)
    assert caller.credentials_of("Ada") != (("Authorization", "Bearer handed"),)


def test_without_any_consumer_the_key_is_nobodys(stage: Callable[..., Stage]) -> None:
    assert Caller(stage(), {}).key_of("Ada") == "no-consumer"


def test_a_short_lived_token_says_how_long_it_is_still_good(caller: Caller) -> None:
    token, left_s = caller.short_lived_token_of("Shop")

    assert 0 < left_s() <= 2.05
    assert _claims(caller, token)["exp"] - time.time() == pytest.approx(left_s(), abs=0.2)


def test_odd_credentials_are_odd(caller: Caller) -> None:
    ((_, value),) = caller.odd_credentials("an expired token")

    with pytest.raises(jwt.ExpiredSignatureError):
        _claims(caller, value.removeprefix("Bearer "))


def test_the_same_calls_go_to_the_first_replica(caller: Caller) -> None:
    batch = caller.same_calls("Ada", "/users", 3)

    assert [(one.method, one.path, one.to) for one in batch] == [("GET", "/users", "eu-1")] * 3


def test_spread_calls_take_the_replicas_in_turn_with_one_credential(caller: Caller) -> None:
    batch = caller.spread_calls("Ada", "/users", 5)

    assert [one.to for one in batch] == ["eu-1", "eu-2", "eu-1", "eu-2", "eu-1"]
    assert len({one.headers for one in batch}) == 1


def test_services_are_known_by_the_names_that_features_use(caller: Caller) -> None:
    assert caller.part("Echo") == "upstream"
