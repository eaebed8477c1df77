"""services.ingest.events"""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.events import MAX_DEPTH, NotAnEvent, is_deeper_than, read_document
from services.ingest.store import Document

HEADERS = [("region", b"eu"), ("index", b"acme-events")]


def test_a_message_is_a_document() -> None:
    value = '{"_id": "e1", "@timestamp": "2026-01-02", "uri": "/é"}'
    assert read_document(value.encode(), HEADERS) == Document(
        "acme-events", "e1", "2026-01-02", '{"_id": "e1", "@timestamp": "2026-01-02", "uri": "/é"}'
    )


def test_a_timestamp_may_be_missing_and_text_be_odd() -> None:
    found = read_document(b'{"_id": "1", "@timestamp": 7, "x": "\\ud800"}', HEADERS)
    assert (found.at, json.loads(found.event)["x"]) == ("", "?")


@pytest.mark.parametrize(
    ("value", "index", "says"),
    [
        ('{"_id": "1"}', None, "no header"),
        ('{"_id": "1"}', "", "no header"),
        ('{"_id": "1"}', "\xff", "not JSON"),
        ("", "i", "not JSON"),
        ("{", "i", "not JSON"),
        ('{"_id": "1", "n": NaN}', "i", "not JSON"),
        ("[]", "i", "not a JSON object with a text _id"),
        ('{"_id": 1}', "i", "not a JSON object with a text _id"),
    ],
)
def test_anything_else_has_its_reason(value: str, index: str | None, says: str) -> None:
    headers = [("index", index.encode("latin-1"))] if index is not None else []
    with pytest.raises(NotAnEvent, match=says):
        read_document(value.encode(), headers)


def test_a_message_may_have_no_value() -> None:
    with pytest.raises(NotAnEvent):
        read_document(None, HEADERS)


@given(st.integers(0, 6), st.integers(0, 6))
def test_depth_is_counted(depth: int, limit: int) -> None:
    value: object = 1
    for level in range(depth):
        value = [value, 2] if level % 2 else {"a": value, "b": 2}
    assert is_deeper_than(limit, value) == (depth > limit)


def test_what_the_index_could_not_search_is_rejected() -> None:
    deep = '{"_id": "1", "x": ' + "[" * MAX_DEPTH + "1" + "]" * MAX_DEPTH + "}"
    with pytest.raises(NotAnEvent, match="nested deeper"):
        read_document(deep.encode(), HEADERS)


@given(st.binary(max_size=60))
def test_any_bytes_are_judged(value: bytes) -> None:
    with pytest.raises(NotAnEvent):
        read_document(value, HEADERS)
