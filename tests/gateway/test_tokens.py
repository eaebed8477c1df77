"""Tokens: taken apart strictly, judged by their claims, never an exception that is not expected."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.tokens import (
    ALGORITHMS,
    KNOWN_ALGORITHMS,
    Token,
    TokenMalformed,
    Validity,
    bearer,
    claims_of,
    decoded,
    is_instant,
    key_claim,
    prepared_key,
    signature_fits,
    take_apart,
    validity,
)


def part(value) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


HEADER = part({"alg": "HS256"})


def a_token(claims, header=None):
    return Token(header or {}, claims, "HS256", b"", b"")


@pytest.mark.parametrize(
    ("value", "token"),
    [
        ("Bearer x", "x"), ("bearer x", "x"), ("Bearer\t x", "x"), ("xxBearer x", "x"), ("Bearer x y", "x y"),
        ("BEARER x", None), ("Bearer", None), ("Bearer ", None), ("Basic x", None), ("", None), ("Bearer\xa0x", None),
    ],
)  # fmt: skip
def test_bearer(value, token):
    assert bearer(value) == token


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", b""), ("aGk", b"hi"), ("aGk=", b"hi"), ("aGk==", b"hi"), ("_-8", b"\xff\xef"), ("_-9", None), ("aGl", None), ("a", None), ("+/", None), ("a b", None), ("aGk\n", None), ("a=a", None), ("===", None)],
)  # fmt: skip
def test_base64url(text, expected):
    assert decoded(text) == expected


@pytest.mark.parametrize(
    ("token", "message"),
    [
        ("", "Bad token; invalid JSON"),
        (f"{HEADER}.e30", "Bad token; invalid JSON"),
        (f"{HEADER}.{part(None)}.x", "Bad token; invalid JSON"),
        (f"{HEADER}.{part('{}'.encode('utf-16'))}.x", "Bad token; invalid JSON"),
        (f"{HEADER}.{part(b'{}' + bytes([0xFF]))}.x", "Bad token; invalid JSON"),
        (f"{HEADER}.{part(b'9' * 5000)}.x", "Bad token; invalid JSON"),
        (f"{HEADER}.{part(b'Infinity')}.x", "Bad token; invalid JSON"),
        (f"{part('text')}.e30.x", "Bad token; invalid alg"),
        (f"{part({'alg': 'NONE'})}.e30.x", "Bad token; invalid alg"),
        (f"{HEADER}.e30.x.y", "Bad token; invalid signature"),
        (f"{HEADER}.e30.a", "Bad token; invalid signature"),
    ],
)
def test_what_is_no_token(token, message):
    with pytest.raises(TokenMalformed, match=message):
        take_apart(token)


def test_a_token_taken_apart():
    token = take_apart(f"{HEADER}.{part({'a': 1})}.AA==")
    assert (token.header, token.claims, token.algorithm) == ({"alg": "HS256"}, {"a": 1}, "HS256")
    assert (token.signed, token.signature) == (f"{HEADER}.{part({'a': 1})}".encode(), b"\0")
    assert claims_of(token) == {"a": 1}
    assert claims_of(take_apart(f"{HEADER}.{part([1])}.")) == {}


@pytest.mark.parametrize(
    ("claims", "header", "expected"),
    [
        ({"kid": "p"}, {"kid": "h"}, "p"),
        ({}, {"kid": "h"}, "h"),
        ({"kid": None}, {"kid": "h"}, "h"),
        ({"kid": False}, {"kid": "h"}, "h"),
        ({"kid": ""}, {"kid": "h"}, ""),
        ({"kid": 0}, {"kid": "h"}, 0),
        (["kid"], {"kid": "h"}, "h"),
        ("text", {}, None),
    ],
)
def test_the_key_claim(claims, header, expected):
    assert key_claim(a_token(claims, header), "kid") == expected


@pytest.mark.parametrize("value", [0, -5, 1.5, 2**60])
def test_instants(value):
    assert is_instant(value)


@pytest.mark.parametrize("value", [None, True, False, "1", [], {}, float("nan"), float("inf"), 10**400])  # fmt: skip
def test_what_is_no_instant(value):
    assert not is_instant(value)
    assert validity({"exp": value}, ()) is None
    assert validity({"nbf": value}, ("exp",)) is None


def test_validity():
    assert validity({"exp": 5, "nbf": 1}, ("exp", "nbf")) == Validity(1, 5)
    assert validity({}, ()) == Validity(None, None)
    assert validity({}, ("exp",)) is None
    assert validity({"exp": 5}, ("nbf",)) is None


def test_keys():
    assert prepared_key("HS256", "s") == b"s"
    assert prepared_key("HS512", b"\x00") == b"\x00"
    for algorithm in ALGORITHMS:
        for material in ("", b"") if algorithm.startswith("HS") else ("", "x", b"\xff"):
            with pytest.raises(ValueError, match=r".+"):
                prepared_key(algorithm, material)


def test_a_signature_that_cannot_be_checked_does_not_fit():
    assert not signature_fits(a_token({}), "a text is no HMAC key")


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip
HEADERS = ODD | st.fixed_dictionaries(
    {}, optional={"alg": st.sampled_from([*KNOWN_ALGORITHMS, "none", 1, None]), "kid": ODD}
)


@given(HEADERS, ODD | st.dictionaries(st.sampled_from(["kid", "exp", "nbf"]), ODD), st.binary())
def test_whatever_json_says_it_is_taken_apart_or_malformed(header, claims, signature):
    try:
        token = take_apart(f"{part(header)}.{part(claims)}.{part(signature)}")
    except TokenMalformed:
        return
    assert token.algorithm in KNOWN_ALGORITHMS
    key_claim(token, "kid")
    validity(claims_of(token), ("exp",))
    if token.algorithm in ("HS256", "HS384", "HS512"):
        assert not signature_fits(token, b"secret")


@given(st.text() | st.from_regex(r"[A-Za-z0-9_=+/-]*(\.[A-Za-z0-9_=-]*){0,4}", fullmatch=True))
def test_whatever_text_comes_it_is_taken_apart_or_malformed(text):
    try:
        take_apart(text)
    except TokenMalformed:
        pass
