"""services.cloud_gate.reports"""

import gzip
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cloud_gate.reports import MAX_BYTES, BadReports, decoded, read_events
from services.cloud_gate.tokens import CloudToken

ONE = CloudToken("acme", ("prod",), "acme-events", frozenset(), None)
TWO = CloudToken("acme", ("prod", "test"), "acme-events", frozenset(), None)


def events(body: bytes, token: CloudToken = ONE) -> list[Any]:
    found = read_events(body, token)
    assert not isinstance(found, BadReports), found
    return [json.loads(event) for event in found]


def refused(body: bytes, token: CloudToken = ONE) -> tuple[int, str]:
    found = read_events(body, token)
    assert isinstance(found, BadReports)
    return found.status, found.message


def test_each_line_is_an_event_with_the_account_of_the_token() -> None:
    body = (
        b'{"_id": "1", "org-id": "other", "uri": "/\xc3\xa9"}\n\r\n{"_id": "2", "env-id": "prod"}'
    )
    assert events(body) == [
        {"_id": "1", "org-id": "acme", "env-id": "prod", "uri": "/é"},
        {"_id": "2", "org-id": "acme", "env-id": "prod"},
    ]
    assert events(b"\n") == []


@pytest.mark.parametrize(
    "line", ["{", "7", "[]", "{}", '{"_id": 7}', '{"_id": ""}', '{"_id": "1", "n": NaN}', "\ufeff7"]
)
def test_a_bad_line_is_named_and_refuses_all(line: str) -> None:
    status, message = refused(b'{"_id": "1"}\n\n' + line.encode() + b'\n{"_id": "2"}')
    assert status == 400
    assert message.startswith("line 3: ")


def test_an_event_of_a_foreign_environment_is_403() -> None:
    assert refused(b'{"_id": "1", "env-id": "test"}')[0] == 403
    assert refused(b'{"_id": "1", "env-id": ["prod"]}')[0] == 403


def test_a_token_of_several_environments_cannot_guess() -> None:
    assert refused(b'{"_id": "1"}', TWO)[0] == 400
    assert events(b'{"_id": "1", "env-id": "test"}', TWO)[0]["env-id"] == "test"


def test_an_event_that_kafka_would_not_take_is_413() -> None:
    assert refused(b'{"_id": "%s"}' % (b"x" * 999_000))[0] == 413


@given(st.binary(max_size=2000))
def test_gzip_is_undone(text: bytes) -> None:
    assert decoded(gzip.compress(text), "gzip") == text
    assert decoded(gzip.compress(text) + gzip.compress(b"more"), "GZIP") == text + b"more"
    assert decoded(text, None) == decoded(text, "identity") == text


def test_five_mebibytes_are_the_limit_packed_or_not() -> None:
    for body, encoding in ((bytes(MAX_BYTES), None), (gzip.compress(bytes(MAX_BYTES)), "gzip")):
        assert decoded(body, encoding) == bytes(MAX_BYTES)
    bomb = gzip.compress(bytes(MAX_BYTES * 20))
    for body, encoding in ((bytes(MAX_BYTES + 1), None), (bomb, "gzip")):
        found = decoded(body, encoding)
        assert isinstance(found, BadReports)
        assert found.status == 413


@pytest.mark.parametrize("cut", [1, 5, 12, -1, -8])
def test_half_a_gzip_is_400(cut: int) -> None:
    found = decoded(gzip.compress(b"some text to be packed")[:cut], "gzip")
    assert isinstance(found, BadReports)
    assert found.status == 400


def test_an_encoding_nobody_knows_is_415() -> None:
    found = decoded(b"", "br")
    assert isinstance(found, BadReports)
    assert found.status == 415


@given(st.binary(max_size=300))
def test_any_bytes_are_judged(body: bytes) -> None:
    assert isinstance(read_events(body, TWO), list | BadReports)
    assert isinstance(decoded(body, "gzip"), bytes | BadReports)
