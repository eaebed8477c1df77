"""services.auth.payload"""

import json
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.payload import Login, NotJson, read_login

ADA = {"email": "ada@example.com", "password": "x&y=z"}
TEXT = json.dumps(ADA)
FORM = "email=ada%40example.com&password=x%26y%3Dz"
LOGIN = Login(ADA["email"], ADA["password"])


@pytest.mark.parametrize(
    "payload",
    [
        {"request_body": TEXT},
        {"request_body": TEXT, "request_body_args": ADA},
        {"request_body_args": ADA},
        {"request_body": "{bad", "request_body_args": ADA},
        {"request_body": TEXT, "request_body_args": {}},
        {"request_body": FORM},
        {"request_body": b64encode(TEXT.encode()).decode(), "request_body_base64": True},
        {"request_body_base64": b64encode(TEXT.encode()).decode()},
        {"request_body": TEXT, "request_body_base64": False},
    ],
)
def test_a_login_is_found_in_every_shape(payload: object) -> None:
    assert read_login(json.dumps(payload).encode()) == LOGIN


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{}",
        b"[]",
        b"7",
        b'{"request_body": 7}',
        b'{"request_body": "{bad"}',
        b'{"request_body": "[]"}',
        b'{"request_body": "!", "request_body_base64": true}',
        b'{"request_body": "/w==", "request_body_base64": true}',
        b'{"request_body_args": {"email": "a", "password": 7}}',
        b'{"request_body_args": {"email": ["a"], "password": "b"}}',
        b'{"request_body_args": {"email": "a"}}',
        b'{"request_body_args": "email"}',
    ],
    ids=str,
)
def test_anything_else_is_no_login(payload: bytes) -> None:
    assert read_login(payload) is None


@pytest.mark.parametrize("payload", [b"{", b"\xff", b"NaN"], ids=str)
def test_what_is_not_json_is_told_apart(payload: bytes) -> None:
    with pytest.raises(NotJson):
        read_login(payload)


@given(st.binary(max_size=50))
def test_no_payload_breaks_it(payload: bytes) -> None:
    try:
        assert read_login(payload) is None
    except NotJson:
        pass
