"""One call and what came of it: recorded, shown and repeated by hand without a secret in it."""

import json
import shlex
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.masking import Mask
from harness.scenario.exchange import Exchange, in_words

Make = Callable[..., Exchange]
SECRET = "Too many secrets. Setec Astronomy"
MASK = Mask(bytes(16), (SECRET,))
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VySWQiOjF9.c2lnbmF0dXJl"
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00"), max_size=30)
LOGIN = json.dumps({"email": "ada@example.com", "password": "analytical-engine"})


def test_a_header_is_found_whatever_its_case(exchange: Make) -> None:
    one = exchange(headers={"Retry-After": "7", "retry-after": "8"})

    assert one.header("RETRY-AFTER") == "7"
    assert one.header("X-Other") is None


@pytest.mark.parametrize(("value", "number"), [("7", 7), ("0", 0), ("-1", -1), ("soon", -1)])
def test_a_header_is_read_as_a_number_where_it_is_one(
    exchange: Make, value: str, number: int
) -> None:
    assert exchange(headers={"RateLimit-Reset": value}).number("RateLimit-Reset") == number
    assert exchange().number("RateLimit-Reset") == -1


def test_no_answer_is_said_in_words(exchange: Make) -> None:
    assert exchange(404).status_in_words == "404"
    assert (
        exchange(None, error="timed out: ReadTimeout").status_in_words
        == "no answer (timed out: ReadTimeout)"
    )


def test_times_are_in_milliseconds(exchange: Make) -> None:
    assert exchange(started_s=10.0, ended_s=10.25).took_ms == pytest.approx(250)


def _full(exchange: Make) -> Exchange:
    return exchange(
        body=json.dumps({"statusCode": 200, "body": TOKEN}),
        headers={"Set-Cookie": "session=abcdef", "X-Request-Id": "7f3a"},
        method="POST",
        url=f"http://127.0.0.1:4000/login?jwt={TOKEN}&x=1",
        request_body=LOGIN,
        request_headers=(
            ("Host", "s1.gateway.test"),
            ("Authorization", f"Bearer {TOKEN}"),
            ("X-Api-Key", "key-of-acme"),
            ("X-Odd", f"has {SECRET} in it"),
        ),
    )


def _hidden(text: str) -> None:
    for secret in (
        TOKEN,
        TOKEN.split(".")[2],
        "analytical-engine",
        "key-of-acme",
        "abcdef",
        SECRET,
    ):
        assert secret not in text


def test_the_record_holds_everything_but_the_secrets(exchange: Make) -> None:
    record = _full(exchange).record("s1-k3f9", "rig1", "Ada logs in", MASK)

    _hidden(json.dumps(record, ensure_ascii=False))
    assert record["kind"] == "call"
    assert (record["scenario"], record["rig"], record["step"]) == ("s1-k3f9", "rig1", "Ada logs in")
    assert (record["status"], record["replica"], record["method"]) == (200, "eu-1", "POST")
    assert (record["intended"], record["started"], record["ended"]) == (100.0, 100.0, 100.012)
    assert record["headers"][1] == ["X-Request-Id", "7f3a"]
    assert "ada@example.com" in record["request_body"]


@pytest.mark.parametrize("before", range(4096 - len(TOKEN) - 12, 4097, 7))
def test_a_secret_at_the_edge_of_what_is_kept_of_a_body_is_hidden_whole(
    exchange: Make, before: int
) -> None:
    body = "x" * before + " " + SECRET + " " + TOKEN

    record = exchange(body=body, request_body=body).record("s", "shared", "t", MASK)

    for kept in (record["body"], record["request_body"]):
        assert len(kept) <= 4096
        assert record["body_size"] >= len(kept)
        assert "Too" not in kept
        assert "eyJ" not in kept


def test_in_words_a_call_is_shown_request_first_and_without_a_secret(exchange: Make) -> None:
    lines = in_words(_full(exchange), MASK)

    _hidden("\n".join(lines))
    assert lines[0].startswith("> POST http://127.0.0.1:4000/login?jwt=«jwt ")
    assert lines[0].endswith("(to eu-1)")
    assert "> Host: s1.gateway.test" in lines
    assert "< 200  in 12 ms" in lines
    assert "< X-Request-Id: 7f3a" in lines
    assert lines.index("< 200  in 12 ms") > lines.index("> Host: s1.gateway.test")


def test_in_words_no_answer_says_why(exchange: Make) -> None:
    assert "< no answer (ConnectError: refused)  in 12 ms" in in_words(
        exchange(None, error="ConnectError: refused"), MASK
    )


def test_the_curl_line_has_a_variable_where_the_token_was(exchange: Make) -> None:
    line = _full(exchange).curl(MASK)

    _hidden(line)
    assert '-H "Authorization: Bearer $TOKEN"' in line
    assert shlex.split(line)[:4] == ["curl", "-i", "-X", "POST"]
    assert shlex.split(line)[-1] == "http://127.0.0.1:4000/login?jwt=$TOKEN&x=1"


@pytest.mark.parametrize(
    "value", ["raw-credential", "it's a credential", 'B"earer `id` credential', "$(id) credential"]
)
def test_an_odd_credential_is_a_variable_as_a_whole(exchange: Make, value: str) -> None:
    line = exchange(request_headers=(("authorization", value),)).curl(MASK)

    assert shlex.split(line)[5] in ("authorization: $TOKEN", "authorization: B $TOKEN")
    assert "credential" not in line


@given(method=st.sampled_from(["GET", "POST"]), path=TEXTS, header=TEXTS, body=TEXTS)
def test_the_curl_line_is_valid_shell_and_means_the_call(
    exchange: Make, method: str, path: str, header: str, body: str
) -> None:
    url = f"http://127.0.0.1:4000/{path}"
    call = exchange(
        method=method,
        url=url,
        request_body=body,
        request_headers=(("X-Some", header), ("Authorization", f"Bearer {TOKEN}")),
    )

    words = shlex.split(call.curl(MASK))

    shown = [MASK.text(url)]
    if body:
        shown = ["--data-raw", MASK.text(body), *shown]
    assert words == [
        "curl", "-i", "-X", method,
        "-H", f"X-Some: {MASK.header('X-Some', header)}",
        "-H", "Authorization: Bearer $TOKEN",
        *shown,
    ]  # fmt: skip


def test_bytes_that_were_sent_as_they_are_hide_the_secrets_of_their_head(exchange: Make) -> None:
    sent = f"GET / HTTP/1.1\r\nApikey: key-of-acme\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
    raw = exchange(method="RAW", url="http://127.0.0.1:4000", request_body=sent)

    record = raw.record("s", "shared", "t", MASK)

    _hidden(json.dumps(record, ensure_ascii=False))
    _hidden(raw.curl(MASK))
    assert raw.curl(MASK).endswith("| nc 127.0.0.1 4000")
