"""Texts from the wire are safe to look at, and say what they said."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from harness.report.page.text import body, indented, is_binary, seconds, short, visible

JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, äöü 日本 🎈\tand\nlines", "plain, äöü 日本 🎈\tand\nlines"),
        ("a\x00b", "a␀b"),
        ("\x1b[31m", "␛[31m"),
        ("\x7f", "␡"),
        ("\u202eevil", "⟨U+202E⟩evil"),
        ("\ud800", "⟨U+D800⟩"),
        ("\ufeff\u200b", "⟨U+FEFF⟩⟨U+200B⟩"),
    ],
)
def test_what_cannot_be_seen_is_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(some.text(some.characters()))
def test_every_text_can_be_written_and_nothing_hides_in_it(text: str) -> None:
    shown = visible(text)

    assert all(c in "\t\n" or c >= " " for c in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    shown.encode("utf-8")


@given(JSON.filter(lambda value: isinstance(value, dict | list)), some.sampled_from([None, 2]))
def test_indenting_changes_no_value(value: object, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)

    assert json.loads(indented(text) or "") == value


def test_numbers_and_doubled_keys_stay_as_they_were_sent() -> None:
    assert indented('{"a":1e400,"a":1.50}') == '{"a": 1e400, "a": 1.50}'


def test_punctuation_in_texts_is_left_alone() -> None:
    assert indented('["a , b : c",{"k":"{[,:]}"}]') == '[\n  "a , b : c",\n  {"k": "{[,:]}"}\n]'


@pytest.mark.parametrize("text", ["", "plain", '"a"', "12", "{", "[1,", "[" * 5000])
def test_what_is_no_json_object_is_not_indented(text: str) -> None:
    assert indented(text) is None


def test_a_huge_body_is_cut_and_says_so() -> None:
    shown = body("x" * 100_000)

    assert len(shown) < 5000
    assert shown.endswith("… cut; 100,000 characters in all")


def test_a_binary_body_is_named_as_one() -> None:
    assert is_binary("\x00\x01\x02PNG")
    assert body("\x89PNG\x00\x00\x00").startswith("binary, 7 characters; it begins ")
    assert not is_binary("lines\r\n\tand tabs\n")
    assert not is_binary("")


@pytest.mark.parametrize(
    ("took", "said"),
    [(0.0004, "0 ms"), (0.012, "12 ms"), (0.1234, "0.12 s"), (12.3, "12 s"), (125, "2 min 5 s"),
     (None, "")],
)  # fmt: skip
def test_durations_are_said_as_people_say_them(took: float | None, said: str) -> None:
    assert seconds(took) == said


def test_a_short_text_is_one_line() -> None:
    assert short("a\n  b") == "a b"
    assert short("x" * 30, 10) == "x" * 9 + "…"
