"""The reader of answers, without a socket. The whole table is in test_upstream_framing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.http.answers import AnswerReader

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


class Source:
    def body_filled(self):
        pass

    def body_emptied(self):
        pass


def reading(bodiless=False):
    reader = AnswerReader(Source())
    reader.expect(bodiless)
    return reader


def test_one_answer_after_the_other():
    reader = reading()
    assert (reader.heard, reader.ended) == (False, False)
    for _ in range(2):
        assert reader.feed(OK) is None
        assert (reader.heard, reader.ended, reader.reusable) == (True, True, True)
        assert (reader.response.status, reader.response.body.take()) == (200, b"ok")
        reader.expect(False)


def test_the_answer_to_a_head_leaves_the_parser_in_step():
    reader = reading(bodiless=True)
    assert reader.feed(OK[:-2]) is None
    assert (reader.ended, reader.reusable) == (True, True)
    reader.expect(False)
    assert reader.feed(OK) is None
    assert reader.response.body.take() == b"ok"


@pytest.mark.parametrize("more", [b"x", b"HTTP/1.1 200 OK\r\n", OK])
def test_more_than_one_answer_ends_the_connection_but_not_the_answer(more):
    reader = reading()
    assert reader.feed(OK + more) is None
    assert (reader.ended, reader.reusable) == (True, False)
    assert reader.response.body.take() == b"ok"


def test_the_body_of_an_answer_to_head_ends_the_connection():
    reader = reading(bodiless=True)
    assert reader.feed(OK) is None
    assert (reader.ended, reader.reusable) == (True, False)


@pytest.mark.parametrize(
    "parts",
    [
        [b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000],
        [b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000 + b"\r\nContent-Length: 2\r\n\r\nok"],
        [b"HTTP/1.1 102 P\r\n\r\n" * 101 + OK],
        [b"HTTP/1.1 102 P\r\n\r\n"] * 101,
        [CHUNKED + b"0\r\nX: "] + [b"a" * 40_000] * 2,
        [CHUNKED + b"1;x="] + [b"a" * 40_000] * 2,
    ],
)
def test_what_gets_nowhere_is_bounded(parts):
    reader = reading()
    assert [reader.feed(part) for part in parts][-1] is not None
    assert not reader.ended


def test_content_makes_an_answer_go_on():
    reader = reading()
    reader.feed(CHUNKED)
    for _ in range(30_000):
        assert reader.feed(b"1\r\na\r\n") is None
    assert reader.response.body.size_bytes == 30_000


def test_an_answer_may_end_with_its_connection():
    reader = reading()
    reader.feed(b"HTTP/1.0 200 OK\r\n\r\nsome")
    assert (reader.response.until_close, reader.response.version) == (True, "1.0")
    reader.finish()
    assert (reader.ended, reader.response.body.complete) == (True, True)
    reading().finish()  # without a head there is nothing to complete


@given(st.lists(st.integers(1, 30), max_size=20))
def test_packets_make_no_difference(sizes):
    raw = b"HTTP/1.1 100 C\r\n\r\n" + CHUNKED + b"2\r\nok\r\n0\r\nX: 1\r\n\r\n"
    reader = reading()
    for size in [*sizes, len(raw)]:
        piece, raw = raw[:size], raw[size:]
        if piece:
            assert reader.feed(piece) is None
    assert (reader.ended, reader.response.status) == (True, 200)
    assert reader.response.body.take() == b"ok"
    assert reader.response.headers == [(b"Transfer-Encoding", b"chunked")]
