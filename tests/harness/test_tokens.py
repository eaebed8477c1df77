"""What is signed here verifies with the other library, which gateway, services and gates use."""

import json
from typing import Any

import jwt
import pytest

from harness import tokens, topology
from harness.scenario import people
from harness.tokens import CloudTokenIssuer

SECRET = "Too many secrets. Setec Astronomy, again"
NOW = 2_000_000_000


@pytest.fixture(scope="module")
def issuer() -> CloudTokenIssuer:
    return CloudTokenIssuer.fresh()


def _public(issuer: CloudTokenIssuer) -> Any:
    (key,) = jwt.PyJWKSet.from_json(issuer.key_set()).keys
    return key.key


def _cloud_claims(issuer: CloudTokenIssuer, **changes: object) -> dict[str, object]:
    token = issuer.issue(
        account="account-eu", environment="env-eu", region="eu", index="index-eu",
        now_s=NOW + 0.9, changes=changes,
    )  # fmt: skip
    return jwt.decode(
        token,
        _public(issuer),
        algorithms=["RS512"],
        audience=topology.CLOUD_AUDIENCE,
        issuer=topology.CLOUD_ISSUER,
        options={"verify_iat": False},
    )


@pytest.mark.parametrize("algorithm", ["HS256", "HS512"])
def test_a_persons_token_verifies_with_the_other_library(algorithm: str) -> None:
    secret = SECRET * 2
    token = tokens.person_token({"userId": 1}, secret, algorithm=algorithm)

    assert jwt.decode(token, secret, algorithms=[algorithm]) == {"userId": 1}
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, secret + "x", algorithms=[algorithm])


@pytest.mark.parametrize("person", people.PEOPLE.values(), ids=people.PEOPLE)
def test_a_persons_claims_are_those_that_auth_gives(person: people.Person) -> None:
    assert tokens.person_claims(person.claims, "shop-key", NOW + 0.9) == {
        "userId": person.id,
        "email": person.email,
        "isAdmin": person.is_admin,
        "kid": "shop-key",
        "iat": NOW,
        "exp": NOW + 3600,
    }


def test_a_cloud_token_names_region_account_environment_and_index(
    issuer: CloudTokenIssuer,
) -> None:
    claims = _cloud_claims(issuer)

    assert (claims["org"], claims["envs"]) == ("account-eu", ["env-eu"])
    assert (claims["cpg"], claims["idx"]) == ("eu", "index-eu")
    assert claims["scopes"] == ["sync", "reports"]
    assert (claims["iat"], claims["exp"]) == (NOW, NOW + 24 * 3600)


def test_no_two_cloud_tokens_have_one_id(issuer: CloudTokenIssuer) -> None:
    assert len({_cloud_claims(issuer)["jti"] for _ in range(20)}) == 20


def test_a_scenario_may_change_any_claim(issuer: CloudTokenIssuer) -> None:
    claims = _cloud_claims(issuer, cpg="us", scopes=["sync"], extra=1)

    assert (claims["cpg"], claims["scopes"], claims["extra"]) == ("us", ["sync"], 1)


def test_an_expired_cloud_token_is_refused_by_the_other_library(issuer: CloudTokenIssuer) -> None:
    with pytest.raises(jwt.ExpiredSignatureError):
        _cloud_claims(issuer, exp=1_000_000_000)


def test_the_key_set_is_public_and_names_the_key_that_signed(issuer: CloudTokenIssuer) -> None:
    (key,) = json.loads(issuer.key_set())["keys"]
    token = issuer.issue(account="a", environment="e", region="eu", index="i", now_s=0, changes={})

    assert key["kid"] == jwt.get_unverified_header(token)["kid"]
    assert key["kty"] == "RSA"
    assert not {"d", "p", "q", "dp", "dq", "qi"} & key.keys()


def test_another_run_has_another_key(issuer: CloudTokenIssuer) -> None:
    other = CloudTokenIssuer.fresh()
    token = other.issue(account="a", environment="e", region="eu", index="i", now_s=0, changes={})

    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, _public(issuer), algorithms=["RS512"], options={"verify_aud": False})
    assert other.key.kid != issuer.key.kid
