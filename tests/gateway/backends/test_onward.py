"""What an upstream is told."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.backends.onward import Onward, framing
from gateway.exchange import Exchange
from gateway.http.body import Body, whole
from gateway.http.headers import index
from gateway.http.messages import Request


def exchange(headers=(), body=b"", prefix="/users", preserve=False, strip=True, **request):
    made = Request(
        method=request.pop("method", "GET"),
        target=b"/users/1",
        version=request.pop("version", "1.1"),
        headers=list(headers),
        first=index(list(headers)),
        body=request.pop("content", None) or whole(body),
        peer=("9.8.7.6", 5),
        local=("127.0.0.1", 8000),
        keep_alive=True,
        **request,
    )
    found = Exchange(made, "rid", "tid", 0.0, 0.0)
    found.route = SimpleNamespace(preserve_host=preserve, strip_path=strip)
    found.prefix, found.raw_path, found.host = prefix, "/users/1", "a.test"
    found.authority = "A.test:81"
    return found


def told(found, path="/1"):
    head, _, body = Onward("up:80", "X-Transaction-Id").message(found, path).partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    return first, [tuple(line.split(": ", 1)) for line in lines], body


def test_the_whole_of_a_plain_request():
    first, fields, body = told(exchange([(b"Host", b"A.test:81"), (b"Accept", b"*/*")]))
    assert first == "GET /1 HTTP/1.1"
    assert fields == [
        ("Host", "up:80"),
        ("Accept", "*/*"),
        ("X-Forwarded-For", "9.8.7.6"),
        ("X-Forwarded-Proto", "http"),
        ("X-Forwarded-Host", "a.test"),
        ("X-Forwarded-Port", "8000"),
        ("X-Forwarded-Path", "/users/1"),
        ("X-Forwarded-Prefix", "/users"),
        ("X-Real-IP", "9.8.7.6"),
        ("Via", "1.1 gateproof"),
        ("X-Request-Id", "rid"),
        ("X-Transaction-Id", "tid"),
    ]
    assert body == b""


@pytest.mark.parametrize(
    "field",
    [
        "Connection: close", "Keep-Alive: timeout=5", "Proxy-Connection: keep-alive", "TE: trailers",
        "Trailer: X", "Transfer-Encoding: chunked", "Upgrade: h2c", "Expect: 100-continue", "Proxy: x",
        "X-Real-IP: 1.1.1.1", "X_Real_IP: 1.1.1.1", "X-Forwarded-Proto: https", "X-FORWARDED_PORT: 1",
        "X-Request-Id: evil", "x_request_id: evil", "X-Transaction-Id: evil", "X_Transaction_Id: evil",
        "X-Consumer-Username: root", "x_consumer_USERNAME: root", "Content_Length: 7",
    ],
)  # fmt: skip
def test_what_ends_at_the_gateway(field):
    name, value = field.encode().split(b": ")
    _, fields, _ = told(exchange([(name, value)]))
    assert (name.decode(), value.decode()) not in fields


def test_what_connection_names_ends_too_but_not_what_the_gateway_says():
    given_ = [(b"Connection", b"X-A, via, X_Request_Id, host"), (b"X_A", b"1"), (b"X-B", b"2")]
    names = [name for name, _ in told(exchange(given_))[1]]
    assert "X_A" not in names
    assert {"X-B", "Via", "X-Request-Id", "Host"} <= set(names)


def test_chains_go_on_and_the_rest_is_replaced():
    headers = [
        (b"X-Forwarded-For", b"1.1.1.1"),
        (b"x-forwarded-for", b"2.2.2.2"),
        (b"Via", b"1.0 x"),
    ]
    fields = dict(told(exchange(headers, version="1.0"))[1])
    assert fields["X-Forwarded-For"] == "1.1.1.1, 2.2.2.2, 9.8.7.6"
    assert fields["Via"] == "1.0 x, 1.0 gateproof"


@pytest.mark.parametrize(
    ("prefix", "strip", "shown"),
    [("/users", True, "/users"), ("/users", False, None), ("/", True, None), ("", True, None)],
)
def test_a_stripped_prefix_is_told(prefix, strip, shown):
    fields = dict(told(exchange(prefix=prefix, strip=strip))[1])
    assert fields.get("X-Forwarded-Prefix") == shown


def test_the_clients_host_is_kept_where_the_route_says_so():
    assert dict(told(exchange(preserve=True))[1])["Host"] == "A.test:81"


def test_a_query_follows_the_path():
    found = exchange()
    found.query = b"a=%20&b"
    assert told(found)[0] == "GET /1?a=%20&b HTTP/1.1"


def test_a_policys_own_fields_follow():
    found = exchange()
    found.added.append((b"X-Added", b"1"))
    assert ("X-Added", "1") in told(found)[1]


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({}, []),
        ({"content_length": 0}, [(b"Content-Length", b"0")]),
        ({"body": b"ab", "content_length": 2}, [(b"Content-Length", b"2")]),
        ({"body": b"ab", "chunked": True}, [(b"Content-Length", b"2")]),
        ({"chunked": True}, [(b"Content-Length", b"0")]),
        ({"content": Body(None), "chunked": True}, [(b"Transfer-Encoding", b"chunked")]),
        ({"content": Body(None), "content_length": 9}, [(b"Content-Length", b"9")]),
    ],
)
def test_framing_is_by_length_wherever_it_is_known(how, expected):
    assert framing(exchange(**how).request) == expected


def test_a_body_that_is_here_follows_the_head():
    assert told(exchange(body=b"ab", method="POST"))[2] == b"ab"


NAMES = st.sampled_from([b"X-A", b"x_a", b"Connection", b"Host", b"X-Real-IP", b"Via", b"TE", b"Accept"])  # fmt: skip


@given(st.lists(st.tuples(NAMES, st.sampled_from([b"x-a", b"host, via", b"1", b""]))))
def test_the_gateways_fields_stand_once_whatever_the_client_says(headers):
    _, fields, _ = told(exchange(headers))
    names = [name.lower().replace("_", "-") for name, _ in fields]
    for name in ("host", "via", "x-real-ip", "x-request-id", "x-forwarded-for"):
        assert names.count(name) == 1
    assert not {"connection", "te"} & set(names)
