"""Every odd token is odd in exactly the one way that its words say."""

import time
from typing import Any

import jwt
import pytest

from harness.scenario.odd_tokens import ODD_TOKENS, Honest

SECRET = "Too many secrets. Setec Astronomy, and more of it until it is long enough"
CLAIMS = {"userId": 3, "isAdmin": False, "kid": "shop-key"}


@pytest.fixture
def honest() -> Honest:
    now = int(time.time())
    return Honest({**CLAIMS, "iat": now - 5, "exp": now + 3600}, SECRET, now)


def _verified(token: str, **options: Any) -> dict[str, Any]:
    return jwt.decode(token, SECRET, algorithms=["HS256"], **options)


def test_an_honest_token_is_accepted(honest: Honest) -> None:
    assert _verified(honest.signed()) == honest.claims


REFUSED = {
    "a token that is not one": jwt.DecodeError,
    "a token cut in half": jwt.DecodeError,
    "an unsigned token": jwt.InvalidAlgorithmError,
    "a tampered token": jwt.InvalidSignatureError,
    "a token signed with another secret": jwt.InvalidSignatureError,
    "a token of another algorithm": jwt.InvalidAlgorithmError,
    "an expired token": jwt.ExpiredSignatureError,
    "a token that expires this second": jwt.ExpiredSignatureError,
    "a token that is not valid yet": jwt.ImmatureSignatureError,
    "a token that expires in words": jwt.DecodeError,
    "a token that expires never, in numbers": jwt.DecodeError,
    "a token whose payload is null": jwt.DecodeError,
    "a token whose payload is a number": jwt.DecodeError,
    "a token whose payload is a list": jwt.DecodeError,
    "a token whose header is null": jwt.DecodeError,
    "a token whose header is a number": jwt.DecodeError,
    "a token whose header is not JSON": jwt.DecodeError,
    "a token whose algorithm is a number": (jwt.InvalidTokenError, TypeError),
    "a token of an unheard-of algorithm": jwt.InvalidAlgorithmError,
    "a token without an algorithm": jwt.InvalidAlgorithmError,
    "a token with an empty signature": jwt.InvalidSignatureError,
    "a token with four parts": jwt.DecodeError,
    "a token with a plus in its signature": jwt.InvalidTokenError,
    "a token signed with the public key": jwt.InvalidSignatureError,
}


@pytest.mark.parametrize(("words", "error"), REFUSED.items(), ids=REFUSED)
def test_an_odd_token_is_refused_for_its_own_reason(
    honest: Honest, words: str, error: type[Exception] | tuple[type[Exception], ...]
) -> None:
    with pytest.raises(error):
        _verified(ODD_TOKENS[words](honest))


WELL_SIGNED = {
    "a token with an empty key": {"kid"},
    "a token whose key is a number": {"kid"},
    "a token whose key is a list": {"kid"},
    "a token whose key is an object": {"kid"},
    "a token whose key is true": {"kid"},
    "a token that expires as true": {"exp"},
    "a token that becomes valid in words": {"nbf"},
    "a token that never expires": {"exp"},
    "a token of an unknown consumer": {"kid"},
    "a token that names no consumer": {"kid"},
    "an expired token": {"exp"},
    "a token that expires this second": {"exp"},
    "a token that is not valid yet": {"nbf"},
    "a token that expires in words": {"exp"},
}


@pytest.mark.parametrize(("words", "odd"), WELL_SIGNED.items(), ids=WELL_SIGNED)
def test_an_odd_claim_is_well_signed_and_the_others_are_honest(
    honest: Honest, words: str, odd: set[str]
) -> None:
    claims = _verified(
        ODD_TOKENS[words](honest), options={"verify_exp": False, "verify_nbf": False}
    )

    changed = {
        name
        for name in claims.keys() | honest.claims
        if claims.get(name) != honest.claims.get(name)
    }
    assert changed == odd


def test_the_tampered_token_claims_to_be_an_admin(honest: Honest) -> None:
    claims = jwt.decode(ODD_TOKENS["a tampered token"](honest), options={"verify_signature": False})

    assert (claims["userId"], claims["isAdmin"]) == (1, True)


def test_the_unsigned_token_claims_what_the_honest_one_does(honest: Honest) -> None:
    token = ODD_TOKENS["an unsigned token"](honest)

    assert jwt.get_unverified_header(token)["alg"] == "none"
    assert jwt.decode(token, options={"verify_signature": False}) == honest.claims


def test_every_odd_token_is_looked_at_here() -> None:
    assert ODD_TOKENS.keys() == REFUSED.keys() | WELL_SIGNED.keys()


def test_no_odd_token_is_an_honest_one(honest: Honest) -> None:
    assert honest.signed() not in {make(honest) for make in ODD_TOKENS.values()}
