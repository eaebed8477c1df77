"""services.upstream.scripts"""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.upstream.scripts import ECHO, BadScript, Script, read_script


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
    ],
)
def test_what_cannot_be_is_named(text: str, says: str) -> None:
    with pytest.raises(BadScript, match=r"^[^\n]+$") as bad:
        read_script(text.encode())
    assert says in str(bad.value)


@given(st.dictionaries(st.sampled_from(["delay_s", "status", "headers", "body", "then"]), st.none() | st.integers() | st.floats() | st.text() | st.lists(st.none())))  # fmt: skip
def test_any_json_is_a_script_or_a_bad_one(given_: dict[str, object]) -> None:
    try:
        assert isinstance(read_script(json.dumps(given_).encode()), Script)
    except BadScript:
        pass
