"""The way back: which fields of an answer travel on."""

from types import SimpleNamespace

from gateway.backends.relay import answer_headers
from gateway.http.body import whole
from gateway.http.headers import index
from gateway.http.messages import Response

FIELDS = [
    (b"Server", b"up"),
    (b"Connection", b"X-Hop"),
    (b"X-Hop", b"1"),
    (b"Keep-Alive", b"timeout=5"),
    (b"Trailer", b"X-T"),
    (b"Upgrade", b"h2c"),
    (b"Content-Length", b"2"),
    (b"X-Request-Id", b"evil"),
    (b"Set-Cookie", b"a"),
    (b"Set-Cookie", b"b"),
    (b"Vary", b"Origin"),
    (b"Via", b"1.0 x"),
]


def told(replaced=frozenset(), added=()):
    exchange = SimpleNamespace(request_id="rid", answer_headers=list(added), replaced=replaced)
    return answer_headers(Response(200, b"OK", FIELDS, index(FIELDS), whole(b"ok")), exchange)


def test_end_to_end_fields_travel_on_in_their_order():
    assert told() == [
        (b"Server", b"up"),
        (b"Set-Cookie", b"a"),
        (b"Set-Cookie", b"b"),
        (b"Vary", b"Origin"),
        (b"Via", b"1.0 x, 1.1 gateproof"),
        (b"X-Request-Id", b"rid"),
    ]


def test_a_policys_fields_take_the_place_of_the_upstreams():
    headers = told(frozenset({b"vary"}), [(b"Vary", b"Accept")])
    assert [value for name, value in headers if name == b"Vary"] == [b"Accept"]
