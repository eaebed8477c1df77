"""What a head says about where its message ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.http.framing import (
    answer_flaw,
    content_length,
    ends_by_closing,
    repeated,
    request_flaw,
)
from gateway.http.headers import index

HOST = (b"Host", b"a")


def flaw(*headers, version="1.1"):
    return request_flaw(version, list(headers), index(list(headers)))


@pytest.mark.parametrize(
    ("headers", "version", "expected"),
    [
        ([HOST], "1.1", None),
        ([], "1.0", None),
        ([], "1.1", "bad-request"),
        ([HOST], "0.9", "bad-request"),
        ([HOST], "2.0", "version-not-supported"),
        ([HOST, (b"hOst", b"a")], "1.1", "bad-request"),
        ([HOST, (b"X", b"1"), (b"x", b"2")], "1.1", None),
        ([HOST, (b"Transfer-Encoding", b" Chunked ")], "1.1", None),
        ([HOST, (b"Transfer-Encoding", b"chunked")], "1.0", "bad-request"),
        ([HOST, (b"Transfer-Encoding", b"gzip, chunked")], "1.1", "bad-request"),
        ([HOST, (b"Transfer-Encoding", b"chunked, chunked")], "1.1", "bad-request"),
        ([HOST, (b"Transfer-Encoding", b"")], "1.1", "bad-request"),
        ([HOST, (b"Content-Length", b"2"), (b"Transfer-Encoding", b"chunked")], "1.1", "bad-request"),
        ([HOST, (b"Content-Length", b"2")], "1.1", None),
        ([HOST, (b"Content-Length", b"2,2")], "1.1", "bad-request"),
        ([HOST, (b"Expect", b"100-Continue")], "1.1", None),
        ([HOST, (b"Expect", b"100-continue"), (b"Expect", b"100-continue")], "1.1", None),
        ([HOST, (b"Expect", b"")], "1.1", "expectation-failed"),
        ([HOST, (b"Expect", b"magic")], "1.1", "expectation-failed"),
        ([HOST, (b"Expect", b"magic")], "1.0", None),
    ],
)  # fmt: skip
def test_requests(headers, version, expected):
    assert flaw(*headers, version=version) == expected


@pytest.mark.parametrize(
    ("status", "reason", "version", "headers", "says"),
    [
        (200, b"OK", "1.1", [], None),
        (599, b"", "1.0", [], None),
        (103, b"Hints", "1.1", [], None),
        (299, b"Fine \xe9", "1.1", [], None),
        (200, b"OK", "2.0", [], "HTTP/2.0"),
        (101, b"", "1.1", [], "upgrade"),
        (99, b"", "1.1", [], "status 99"),
        (600, b"", "1.1", [], "status 600"),
        (200, b"O\x00K", "1.1", [], "phrase"),
        (200, b"OK", "1.1", [(b"Transfer-Encoding", b"gzip")], "transfer-encoding gzip"),
        (200, b"OK", "1.0", [(b"Transfer-Encoding", b"chunked")], "transfer-encoding chunked"),
        (200, b"OK", "1.1", [(b"Content-Length", b"x")], "content-length"),
        (200, b"OK", "1.1", [(b"Content-Length", b"1")] * 2, "twice"),
        (200, b"OK", "1.1", [(b"Set-Cookie", b"1")] * 2, None),
    ],
)
def test_answers(status, reason, version, headers, says):
    found = answer_flaw(version, status, reason, headers, index(headers))
    assert found is None if says is None else says in found


@pytest.mark.parametrize(
    ("status", "first", "expected"),
    [
        (200, {}, True),
        (200, {b"content-length": b"0"}, False),
        (200, {b"transfer-encoding": b"chunked"}, False),
        (204, {}, False),
        (304, {}, False),
        (205, {}, True),
    ],
)
def test_which_answers_end_with_their_connection(status, first, expected):
    assert ends_by_closing(status, first) == expected


@given(st.binary(max_size=6))
def test_a_length_is_digits_and_nothing_else(value):
    found = content_length({b"content-length": value})
    if found is not None:
        assert value.strip(b" \t") == str(found).zfill(len(value.strip(b" \t"))).encode()


def test_no_length_is_none():
    assert content_length({}) is None


def test_repeated_looks_at_names_in_any_spelling():
    fields = [(b"A", b""), (b"b", b""), (b"a", b"")]
    assert repeated(fields, frozenset({b"a"}))
    assert not repeated(fields, frozenset({b"b", b"c"}))
