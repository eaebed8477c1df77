"""No secret survives, wherever it stands; equal secrets stay equal in one run and only there."""

import json
import re
import string
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey

from harness.masking import Mask, hidden

MASK = Mask(b"one run" + bytes(9), ("Too many secrets. Setec & co=1", "AKIA0123456789ABCDEF"))
OTHER_RUN = Mask(b"another run" + bytes(5), MASK.known)

SECRETS = st.text(string.ascii_letters + string.digits + "!$%*()[]{}<>', ", min_size=8, max_size=40)
ODD_SECRETS = st.text(string.ascii_letters + '"\\ü\n€ ', min_size=8, max_size=40)
AROUND = st.text(string.ascii_letters + ' .,:/?"{}«»', max_size=20)
TOKENS = st.builds(
    lambda claims, key: jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(key)),
    st.dictionaries(st.sampled_from(["userId", "email", "isAdmin"]), st.text(max_size=10)),
    st.just("k" * 32),
)
FIELDS = ["password", "secret", "aws_secret", "aws_key", "api_key", "token", "Password"]
PARAMETERS = ["jwt", "apikey", "access_token", "token", "key", "password", "secret", "JWT"]
SECRET_HEADERS = [
    "Authorization",
    "Proxy-Authorization",
    "Cookie",
    "Set-Cookie",
    "apikey",
    "X-API-Key",
]


def _values(masked: str, secret: str) -> bool:
    """Is the secret gone, in every spelling that JSON has for it?"""
    escaped = json.dumps(secret)[1:-1]
    twice = json.dumps(escaped)[1:-1]
    return not any(spelled in masked for spelled in (secret, escaped, twice))


@given(AROUND, AROUND)
def test_a_known_secret_is_hidden_wherever_it_stands(before: str, after: str) -> None:
    for secret in MASK.known:
        assert secret not in MASK.text(f"{before}{secret}{after}{secret}")


@pytest.mark.parametrize(
    "spelled",
    ["Too%20many%20secrets.%20Setec%20%26%20co%3D1", "Too+many+secrets.+Setec+%26+co%3D1"],
    ids=["in a query", "in a form"],
)
def test_a_known_secret_is_hidden_as_a_url_spells_it(spelled: str) -> None:
    assert MASK.text(f"/x?y={spelled}&z=1") == MASK.text(f"/x?y={MASK.known[0]}&z=1")
    assert "Setec" not in MASK.text(f"/x?y={spelled}")


@given(TOKENS, AROUND, AROUND)
def test_a_token_is_hidden_wherever_it_stands(token: str, before: str, after: str) -> None:
    masked = MASK.text(f"{before} {token} {after}")

    assert token not in masked
    assert token.split(".")[1] not in masked or not token.split(".")[1]
    assert token.split(".")[2] not in masked


@given(TOKENS, st.integers(40, 200))
def test_the_beginning_of_a_token_that_was_cut_off_is_hidden_too(token: str, length: int) -> None:
    assume(token.index(".") + 12 < length < len(token))
    payload = token[token.index(".") + 1 : length].partition(".")[0]

    assert payload not in MASK.text(f"got {token[:length]}")


@pytest.mark.parametrize("field", FIELDS)
@given(secret=st.one_of(SECRETS, ODD_SECRETS))
def test_a_field_of_json_is_hidden_at_any_depth_of_quoting(field: str, secret: str) -> None:
    assume(secret not in f"email {field} after request_body_args ada@example.com")
    body = json.dumps({"email": "ada@example.com", field: secret, "after": 1})
    within = json.dumps({"request_body": body, "n": 1})
    twice = json.dumps({"body": within})

    for text in (body, within, twice, json.dumps({"request_body_args": json.loads(body)})):
        masked = MASK.text(text)
        assert _values(masked, secret)
        assert "ada@example.com" in masked


@given(SECRETS)
def test_a_body_that_was_cut_off_within_a_secret_does_not_show_its_beginning(secret: str) -> None:
    body = json.dumps({"password": secret})

    masked = MASK.text(body[: body.rindex(secret) + 6])

    assert re.fullmatch(r'\{"password": "«secret [0-9a-f]{8}»', masked)


def test_json_stays_json_when_its_secret_is_hidden() -> None:
    body = {"email": "ada@example.com", "password": 'a "quoted" one', "n": [1, 2]}

    masked = json.loads(MASK.text(json.dumps({"request_body": json.dumps(body)})))

    inner = json.loads(masked["request_body"])
    assert inner | {"password": body["password"]} == body
    assert inner["password"].startswith("«secret ")


@pytest.mark.parametrize("name", PARAMETERS)
@pytest.mark.parametrize("lead", ["/users?", "/users?a=1&", "http://h:1/users?", "", "a=1&"])
def test_a_parameter_is_hidden_in_a_query_and_in_a_form(name: str, lead: str) -> None:
    masked = MASK.text(f"{lead}{name}=s3cr3t-value&b=2")

    assert "s3cr3t" not in masked
    assert masked.startswith(f"{lead}{name}=«secret ")
    assert masked.endswith("&b=2")


@pytest.mark.parametrize("name", ["monkey", "hotkey", "keys", "tokens"])
def test_a_parameter_that_only_looks_like_one_is_left(name: str) -> None:
    assert MASK.text(f"/users?{name}=banana") == f"/users?{name}=banana"


@pytest.mark.parametrize("name", SECRET_HEADERS)
@pytest.mark.parametrize("spelled", [str, str.lower, str.upper])
@given(secret=SECRETS)
def test_the_value_of_a_secret_header_is_hidden(name: str, spelled: Any, secret: str) -> None:
    assume(secret.strip() == secret and " " not in secret)

    assert secret not in MASK.header(spelled(name), secret)
    assert secret not in MASK.header(spelled(name), f"Basic {secret}")
    assert secret not in MASK.header(
        spelled(name), f"session={secret}; theme=dark; t=eyJhbGci.e30."
    )


def test_the_scheme_of_a_credential_can_still_be_read() -> None:
    assert MASK.header("Authorization", "Basic YWRhOnB3").startswith("Basic «secret ")
    assert MASK.header("Authorization", "Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2ln").startswith(
        "Bearer «jwt "
    )


def test_other_headers_are_left_and_their_order_kept() -> None:
    pairs = [("Host", "s1.gateway.test"), ("X-Request-Id", "7f3a"), ("Host", "again")]

    assert MASK.headers(pairs) == [list(pair) for pair in pairs]


@given(SECRETS, SECRETS)
def test_equal_secrets_stay_equal_and_different_ones_different(one: str, two: str) -> None:
    assert MASK.secret("secret", one) == MASK.secret("secret", one)
    assert (MASK.secret("secret", one) == MASK.secret("secret", two)) == (one == two)


@given(SECRETS)
def test_another_run_writes_the_same_secret_differently(secret: str) -> None:
    assert MASK.secret("secret", secret) != OTHER_RUN.secret("secret", secret)


def test_one_secret_is_written_in_one_way_wherever_it_stands() -> None:
    known = MASK.known[0]
    written = MASK.secret("secret", known)

    assert MASK.text(known) == written
    assert MASK.text(json.dumps({"secret": known})) == json.dumps(
        {"secret": written}, ensure_ascii=False
    )
    assert MASK.header("X-Api-Key", known) == written
    assert MASK.text(f"/x?key={known}") == f"/x?key={written}"


@given(st.one_of(TOKENS, SECRETS), st.sampled_from(["{}", '{{"password": "{}"}}', "/x?jwt={}"]))
def test_masking_twice_changes_nothing_more(secret: str, form: str) -> None:
    once = MASK.text(form.format(secret))

    assert MASK.text(once) == once


def test_what_is_no_secret_is_left_as_it_is() -> None:
    text = 'GET /users/1 200 {"message": "token expired", "request_id": "7f3a"} in 3 ms'

    assert MASK.text(text) == text


@given(TOKENS)
def test_a_text_reveals_a_token_or_a_known_secret_and_nothing_else(token: str) -> None:
    assert MASK.reveals(f"uri /users?x={token}")
    assert MASK.reveals(f"agent {MASK.known[1]}")
    assert MASK.reveals("?x=Too+many+secrets.+Setec+%26+co%3D1")
    assert not MASK.reveals("uri /users?jwt=***")
    assert not MASK.reveals(MASK.text(f"{token} {MASK.known[0]}"))


def test_a_key_in_pem_is_hidden_as_json_writes_it_too() -> None:
    pem = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMG\n-----END PRIVATE KEY-----\n"
    mask = Mask(b"k" * 16, hidden({"ec_private": pem, "ec_public": "open to all"}))

    assert "MIGHAgEAMBMG" not in mask.text(json.dumps({"key": pem}))
    assert mask.text("open to all") == "open to all"


TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VySWQiOjF9.c2lnbmF0dXJl"


def test_in_a_document_secrets_are_hidden_and_names_and_placeholders_stay() -> None:
    document = {
        "services": [{"name": "users", "url": "${users.url}"}],
        "consumers": [
            {
                "username": "acme",
                "jwt_secrets": [{"key": "acme-key", "secret": "${secret.jwt}"}],
                "keyauth_credentials": [{"key": "key-of-acme"}],
            },
            {"username": "shop", "jwt_secrets": [{"key": "shop-key", "secret": "its own"}]},
        ],
        "plugins": [{"config": {"aws_secret": "hush", "limit": 3, "anonymous": None}}],
    }

    shown = MASK.plain(document)

    text = json.dumps(shown, ensure_ascii=False)
    for secret in ("key-of-acme", "its own", "hush"):
        assert secret not in text
    assert shown["services"] == document["services"]
    assert shown["consumers"][0]["jwt_secrets"] == [{"key": "acme-key", "secret": "${secret.jwt}"}]
    assert shown["plugins"][0]["config"]["limit"] == 3


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_in_the_head_of_a_message_every_secret_is_hidden_whatever_ends_its_lines(end: str) -> None:
    lines = ["GET /x?jwt=abcdef HTTP/1.1", "Host: a", "Authorization:  Bearer raw-one",
             "COOKIE: session=raw-two", "X-Api-Key:raw-three", f"X-Odd: {TOKEN}", "", ""]  # fmt: skip

    shown = MASK.head(end.join(lines))

    for secret in ("abcdef", "raw-one", "raw-two", "raw-three", TOKEN):
        assert secret not in shown
    assert shown.split(end)[1] == "Host: a"
    assert shown.count(end) == len(lines) - 1
    assert "Authorization:  Bearer «secret " in shown
