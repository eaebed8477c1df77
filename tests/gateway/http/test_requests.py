"""The reader of requests, without a socket: what it hands on, and what it bounds."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.http.limits import Limits
from gateway.http.requests import RequestReader

HEAD = b"POST /x HTTP/1.1\r\nHost: a\r\n"
SMALL = replace(Limits(), head_bytes=1000, field_bytes=900, target_bytes=100, body_bytes=10)


class Listener:
    """Keeps what it is told."""

    def __init__(self):
        self.requests, self.skips = [], 0

    def received(self, request):
        self.requests.append(request)

    def skipped(self):
        self.skips += 1

    def body_filled(self):
        pass

    def body_emptied(self):
        pass


def reading(limits=SMALL):
    listener = Listener()
    return listener, RequestReader(listener, limits, ("1.2.3.4", 5), ("127.0.0.1", 80))


def test_a_request_has_its_head_its_body_and_its_addresses():
    listener, reader = reading()
    assert reader.feed(HEAD + b"Content-Length: 2\r\nX: 1\r\n\r\na", 7.0) is None
    (request,) = listener.requests
    assert (request.method, request.target, request.version) == ("POST", b"/x", "1.1")
    assert (request.content_length, request.chunked, request.flaw) == (2, False, None)
    assert (request.peer, request.local) == (("1.2.3.4", 5), ("127.0.0.1", 80))
    assert request.first[b"x"] == b"1"
    assert not request.body.complete
    assert reader.receiving is request.body
    assert reader.feed(b"b", 8.0) is None
    assert (request.body.complete, request.body.take()) == (True, b"ab")
    assert reader.receiving is None


def test_the_time_of_a_head_is_that_of_its_first_byte():
    _, reader = reading()
    reader.feed(b"GET", 7.0)
    reader.feed(b" /", 9.0)
    assert (reader.in_head, reader.head_since) == (True, 7.0)


@pytest.mark.parametrize(
    ("raw", "flaw"),
    [
        (b"GET /" + b"a" * 100 + b" HTTP/1.1\r\nHost: a\r\n\r\n", "target-too-long"),
        (HEAD + b"X: " + b"a" * 900 + b"\r\n\r\n", "head-too-large"),
        (HEAD + (b"X: " + b"a" * 500 + b"\r\n") * 2 + b"\r\n", "head-too-large"),
        (HEAD + b"X: 1\r\n" * 100 + b"\r\n", "head-too-large"),
        (HEAD + b"Content-Length: 11\r\n\r\n", "body-too-large"),
        (HEAD + b"Connection: upgrade\r\nUpgrade: x\r\nContent-Length: 2\r\n\r\n", "bad-request"),
        (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "version-not-supported"),
    ],
)
def test_a_flawed_request_is_handed_on_once_and_is_the_last(raw, flaw):
    listener, reader = reading()
    assert reader.feed(raw + b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 0.0) is None
    (request,) = listener.requests
    assert (request.flaw, request.keep_alive, request.body.complete) == (flaw, False, True)
    assert reader.deaf


@pytest.mark.parametrize(
    ("parts", "flaw"),
    [
        ([b"GET /" + b"a" * 1100], "target-too-long"),
        ([b"GET /" + b"a" * 60, b"b" * 1000], "target-too-long"),
        ([HEAD + b"X: ", b"a" * 600, b"a" * 600], "head-too-large"),
        ([HEAD, b"@"], "bad-request"),
        ([b"GET / HTTP/3.0\r\n"], "version-not-supported"),
        ([HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0\r\nX: ", b"a" * 1100], "head-too-large"),
        ([HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1;x=" + b"a" * 1100], "head-too-large"),
    ],
)  # fmt: skip
def test_what_never_becomes_a_request_is_bounded(parts, flaw):
    _, reader = reading()
    said = [reader.feed(part, 0.0) for part in parts]
    assert [one for one in said if one] == [flaw]


def test_content_makes_a_body_go_on():
    listener, reader = reading(replace(SMALL, body_bytes=10**6))
    reader.feed(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", 0.0)
    for _ in range(1000):
        assert reader.feed(b"1\r\na\r\n", 0.0) is None
    assert listener.requests[0].body.size_bytes == 1000


def test_a_chunked_body_beyond_the_limit_fails():
    listener, reader = reading()
    reader.feed(HEAD + b"Transfer-Encoding: chunked\r\n\r\nb\r\n" + b"a" * 11, 0.0)
    body = listener.requests[0].body
    with pytest.raises(Exception, match="body-too-large"):
        body.next().send(None)


def test_the_rest_of_a_body_can_be_skipped():
    listener, reader = reading()
    reader.feed(HEAD + b"Content-Length: 9\r\n\r\nabc", 0.0)
    reader.skip()
    reader.feed(b"defg", 0.0)
    assert (reader.skipped_bytes, listener.skips) == (4, 0)
    reader.feed(b"hiGET / HTTP/1.1\r\nHost: a\r\n\r\n", 0.0)
    assert (reader.skipped_bytes, listener.skips, len(listener.requests)) == (None, 1, 2)
    assert listener.requests[0].body.take() == b"abc"


def test_nothing_is_heard_after_a_request_that_closes():
    listener, reader = reading()
    reader.feed(b"GET / HTTP/1.0\r\n\r\nrubbish", 0.0)
    assert (len(listener.requests), reader.deaf) == (1, True)


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
def test_who_asks_to_close_is_not_kept_whatever_else_is_said(version):
    listener, reader = reading()
    fields = b"Host: a\r\nConnection: keep-alive, close\r\n\r\n"
    reader.feed(b"GET / HTTP/" + version + b"\r\n" + fields + b"GET / HTTP/1.1\r\n", 0.0)
    assert [request.keep_alive for request in listener.requests] == [False]
    assert reader.deaf


def test_what_is_broken_can_be_answered_with_what_is_known_of_it():
    _, reader = reading()
    reader.feed(b"GET /x HTTP/1.1\r\nHost: a\r\nX-Transaction-Id: t\r\nX", 0.0)
    request = reader.broken("request-timeout")
    assert (request.flaw, request.target, request.keep_alive) == ("request-timeout", b"/x", False)
    assert request.first[b"x-transaction-id"] == b"t"
    assert (request.body.complete, reader.deaf, reader.in_head) == (True, True, False)
    _, idle = reading()
    assert idle.broken("bad-request").headers == []


MESSAGES = st.lists(
    st.sampled_from(
        [
            b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n",
            b"POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
            b"POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nX: 1\r\n\r\n",
        ]
    ),
    min_size=1,
    max_size=4,
)


@given(MESSAGES, st.lists(st.integers(1, 40), max_size=20))
def test_packets_make_no_difference(messages, sizes):
    raw = b"".join(messages)
    whole, reader = reading(Limits())
    reader.feed(raw, 0.0)
    pieces, reader = reading(Limits())
    for size in [*sizes, len(raw)]:
        piece, raw = raw[:size], raw[size:]
        if piece:
            assert reader.feed(piece, 0.0) is None

    def told(listener):
        return [(one.target, one.headers, one.body.take(), one.flaw) for one in listener.requests]

    assert told(whole) == told(pieces)
    assert len(whole.requests) == len(messages)
