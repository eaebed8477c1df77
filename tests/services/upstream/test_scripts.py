"""services.upstream.scripts"""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.upstream import scripts
from services.upstream.scripts import ECHO, READERS, BadScript, Script, read_script


def test_an_empty_script_is_an_echo() -> None:
    assert read_script(b"{}") == ECHO


def test_a_whole_script() -> None:
    text = (
        b'{"delay_s": 0.5, "status": 503, "headers": {"A": "1"}, "body": {"x": 1}, "then": "close"}'
    )
    assert read_script(text) == Script(0.5, 503, {"A": "1"}, {"x": 1}, "close")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not JSON"),
        ("[]", "must be a JSON object"),
        ('{"delay": 1}', 'unknown field "delay"'),
        ('{"delay_s": -1}', "delay_s must be"),
        ('{"delay_s": 301}', "delay_s must be"),
        ('{"delay_s": true}', "delay_s must be"),
        ('{"delay_s": "1"}', "delay_s must be"),
        ('{"status": 99}', "status must be"),
        ('{"status": 101}', "status must be"),
        ('{"status": 200.0}', "status must be"),
        ('{"headers": []}', "headers must be"),
        ('{"headers": {"A": 1}}', "headers must be"),
        ('{"headers": {"A b": "1"}}', '"A b" is not a header'),
        ('{"headers": {"": "1"}}', "is not a header"),
        ('{"headers": {"Content-Length": "1"}}', "is not a header a script may set"),
        ('{"headers": {"A": "1\\r\\nB: 2"}}', 'value of "A"'),
        ('{"headers": {"A": "漢"}}', 'value of "A"'),
        ('{"body": []}', "body must be"),
        ('{"then": "reset"}', "then must be"),
        ('{"close": "half"}', 'close must be "fin", "reset" or null'),
        ('{"raw": 1}', "raw must be a text or"),
        ('{"raw": {"base64": "a", "x": 1}}', "raw must be a text or"),
        ('{"raw": {"base64": "?"}}', "raw: its base64"),
        ('{"raw": {"base64": "é"}}', "raw: its base64"),
        ('{"raw": "x", "status": 200}', "status and raw exclude each other"),
        ('{"raw": "x", "body": null}', "body and raw exclude each other"),
        ('{"chunked": 1}', "chunked must be true or false"),
        ('{"trailers": {"A": "1"}}', "trailers need chunked true"),
        ('{"chunked": true, "trailers": {"A": 1}}', "trailers must be an object of texts"),
        ('{"early": null}', "early must be true or false"),
        ('{"read_delay_s": -1}', "read_delay_s must be"),
        ('{"piece_delay_s": "1"}', "piece_delay_s must be"),
        ('{"piece_bytes": 0}', "piece_bytes must be a whole number from 1"),
        ('{"cut_after_bytes": -1}', "cut_after_bytes must be a whole number from 0"),
        ('{"cut_after_bytes": 1.5}', "cut_after_bytes must be"),
    ],
)
def test_what_cannot_be_is_named(text: str, says: str) -> None:
    with pytest.raises(BadScript, match=r"^[^\n]+$") as bad:
        read_script(text.encode())
    assert says in str(bad.value)


def test_raw_bytes_are_text_or_base64() -> None:
    assert read_script('{"raw": "a\\r\\né"}'.encode()).raw == "a\r\né".encode()
    assert read_script(b'{"raw": {"base64": "AP8="}}').raw == b"\x00\xff"
    assert read_script(b'{"raw": null, "status": 204}') == Script(status=204)


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        ("{}", None),
        ('{"then": "close"}', "fin"),
        ('{"close": "fin"}', "fin"),
        ('{"close": "reset"}', "reset"),
        ('{"then": "close", "close": "reset"}', "reset"),
        ('{"cut_after_bytes": 0}', "fin"),
        ('{"cut_after_bytes": 5, "close": "reset"}', "reset"),
        ('{"cut_after_bytes": null, "piece_bytes": null, "close": null}', None),
    ],
)
def test_how_the_connection_ends(text: str, ending: str | None) -> None:
    assert read_script(text.encode()).ending == ending


def test_every_field_is_documented() -> None:
    lines = (scripts.__doc__ or "").splitlines()
    documented = {line.split()[0] for line in lines if line.startswith("    ")}
    assert documented == set(READERS)


@given(st.dictionaries(st.sampled_from([*READERS]), st.none() | st.integers() | st.floats() | st.text() | st.lists(st.none())))  # fmt: skip
def test_any_json_is_a_script_or_a_bad_one(given_: dict[str, object]) -> None:
    try:
        assert isinstance(read_script(json.dumps(given_).encode()), Script)
    except BadScript:
        pass
