"""Where a request ends: each row is bytes on a socket, the exact answers, and what the upstream saw.

A row says which statuses come, whether the connection still serves afterwards, and the requests
that reached the upstream: nothing, or exactly the ones that were meant.
"""

import pytest

OPEN, CLOSED = False, True
H = b"Host: a\r\n"


def get(headers=b"", target=b"/users/1", version=b"HTTP/1.1"):
    return b"GET %b %b\r\n%b%b\r\n" % (target, version, H, headers)


def post(headers, body=b"", version=b"HTTP/1.1"):
    return b"POST /users/1 %b\r\n%b%b\r\n%b" % (version, H, headers, body)


def chunked(body, headers=b""):
    return post(b"Transfer-Encoding: chunked\r\n" + headers, body)


ONE = [("GET", "/1", b"")]
AB = [("POST", "/1", b"ab")]
EMPTY = [("POST", "/1", b"")]
NEXT = [("GET", "/2", b"")]
TWO = get(target=b"/users/2")

# name, bytes, statuses, what becomes of the connection, what the upstream saw
SERVED = [
    ("plain", get(), [200], OPEN, ONE),
    ("empty lines before", b"\r\n\r\n" + get(), [200], OPEN, ONE),
    ("length", post(b"Content-Length: 2\r\n", b"ab"), [200], OPEN, AB),
    ("length with zeros", post(b"Content-Length: 0002\r\n", b"ab"), [200], OPEN, AB),
    ("length with a tab behind", post(b"Content-Length: 2\t\r\n", b"ab"), [200], OPEN, AB),
    ("length zero", post(b"Content-Length: 0\r\n"), [200], OPEN, EMPTY),
    ("no length", post(b""), [200], OPEN, EMPTY),
    ("length in an underscore", post(b"Content_Length: 9\r\n"), [200], OPEN, EMPTY),
    ("coding in an underscore", post(b"Transfer_Encoding: chunked\r\n"), [200], OPEN, EMPTY),
    ("body after GET", get(b"Content-Length: 2\r\n") + b"ab", [200], OPEN, [("GET", "/1", b"ab")]),
    ("chunked", chunked(b"2\r\nab\r\n0\r\n\r\n"), [200], OPEN, AB),
    ("chunks", chunked(b"1\r\na\r\n1\r\nb\r\n0\r\n\r\n"), [200], OPEN, AB),
    ("coding in capitals", post(b"Transfer-Encoding: CHUNKED\r\n", b"0\r\n\r\n"), [200], OPEN, EMPTY),
    ("coding after a comma", post(b"Transfer-Encoding: ,chunked\r\n", b"0\r\n\r\n"), [200], OPEN, EMPTY),
    ("size with zeros", chunked(b"%02d\r\nab\r\n000\r\n\r\n" % 2), [200], OPEN, AB),
    ("size with many zeros", chunked(b"0" * 40 + b"2\r\nab\r\n0\r\n\r\n"), [200], OPEN, AB),
    ("extension", chunked(b"2;x=y\r\nab\r\n0;z\r\n\r\n"), [200], OPEN, AB),
    ("quoted extension", chunked(b'2;x="a;b"\r\nab\r\n0\r\n\r\n'), [200], OPEN, AB),
    ("trailer", chunked(b"2\r\nab\r\n0\r\nX-T: 1\r\nHost: b\r\n\r\n"), [200], OPEN, AB),
    ("connection close", get(b"Connection: close\r\n"), [200], CLOSED, ONE),
    ("more after close", get(b"Connection: close\r\n") + TWO, [200], CLOSED, ONE),
    ("close and keep-alive", get(b"Connection: close, keep-alive\r\n") + TWO, [200], CLOSED, ONE),
    ("a field that names RTSP", get(b"X: RTSP/1.0 ICE/1.1\r\n"), [200], OPEN, ONE),
    ("a body that names RTSP", post(b"Content-Length: 9\r\n", b" RTSP/1.1"), [200], OPEN, [("POST", "/1", b" RTSP/1.1")]),
    ("pipelined", get() + TWO, [200, 200], OPEN, ONE + NEXT),
    ("pipelined body", post(b"Content-Length: 2\r\n", b"ab") + TWO, [200, 200], OPEN, AB + NEXT),
    ("body that looks like one", post(b"Content-Length: %d\r\n" % len(TWO), TWO), [200], OPEN, [("POST", "/1", TWO)]),
    ("1.0", b"GET /users/1 HTTP/1.0\r\n\r\n", [200], CLOSED, ONE),
    ("1.0 kept alive", get(b"Connection: keep-alive\r\n", version=b"HTTP/1.0"), [200], OPEN, ONE),
    ("1.0 with a body", post(b"Content-Length: 2\r\n", b"ab", b"HTTP/1.0"), [200], CLOSED, AB),
    ("1.0 expecting", post(b"Content-Length: 2\r\nExpect: 100-continue\r\n", b"ab", b"HTTP/1.0"), [200], CLOSED, AB),
    ("1.0 expecting oddly", get(b"Expect: magic\r\n", version=b"HTTP/1.0"), [200], CLOSED, ONE),
    ("expecting, and sent at once", post(b"Content-Length: 2\r\nExpect: 100-continue\r\n", b"ab"), [200], OPEN, AB),
    ("expecting without a body", get(b"Expect: 100-continue\r\n"), [200], OPEN, ONE),
    ("upgrade", get(b"Connection: upgrade\r\nUpgrade: websocket\r\n"), [200], CLOSED, ONE),
    ("upgrade, and more", get(b"Connection: upgrade\r\nUpgrade: h2c\r\n") + TWO, [200], CLOSED, ONE),
    ("upgrade that is not named", post(b"Upgrade: h2c\r\nContent-Length: 2\r\n", b"ab"), [200], OPEN, AB),
    ("absolute form", get(target=b"http://a/users/1"), [200], OPEN, ONE),
    ("absolute form, other host", get(target=b"HTTP://other:80/users/1"), [200], OPEN, ONE),
    ("wide spaces", b"GET  /users/1  HTTP/1.1\r\nHost: a\r\n\r\n", [200], OPEN, ONE),
    ("obs-text in a value", get(b"X: \xe9\r\n"), [200], OPEN, ONE),
    ("empty value", get(b"X:\r\n"), [200], OPEN, ONE),
    ("escaped slash", get(target=b"/users/a%2fb"), [200], OPEN, [("GET", "/a%2Fb", b"")]),
    ("backslash", get(target=b"/users/..\\x"), [200], OPEN, [("GET", "/..%5Cx", b"")]),
]  # fmt: skip

BAD_HEADS = [
    ("garbage", b"garbage\r\n\r\n"),
    ("a TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
    ("the HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ("0.9", b"GET /users/1\r\n\r\n"),
    ("0.9 spelled out", get(version=b"HTTP/0.9")),
    ("lower case version", get(version=b"http/1.1")),
    ("another protocol", get(version=b"ICY/1.1")),
    ("no dot in the version", get(version=b"HTTP/11")),
    ("space behind the version", get(version=b"HTTP/1.1 ")),
    ("space before the method", b" " + get()),
    ("lower case method", get().replace(b"GET", b"get")),
    ("unknown method", get().replace(b"GET", b"BREW")),
    ("odd method", get().replace(b"GET", b"G@T")),
    ("method in two", get().replace(b"GET", b"GE T")),
    ("tab behind the method", get().replace(b"GET ", b"GET\t")),
    ("no host", b"GET /users/1 HTTP/1.1\r\n\r\n"),
    ("two hosts", get(b"Host: a\r\n")),
    ("two hosts that differ", get(b"hOST: b\r\n")),
    ("space in the host", b"GET /users/1 HTTP/1.1\r\nHost: a b\r\n\r\n"),
    ("slash in the host", b"GET /users/1 HTTP/1.1\r\nHost: a/b\r\n\r\n"),
    ("userinfo in the host", b"GET /users/1 HTTP/1.1\r\nHost: u@a\r\n\r\n"),
    ("comma in the host", b"GET /users/1 HTTP/1.1\r\nHost: a,b\r\n\r\n"),
    ("port that is none", b"GET /users/1 HTTP/1.1\r\nHost: a:b\r\n\r\n"),
    ("two authorizations", get(b"Authorization: x\r\nAuthorization: x\r\n")),
    ("space before the colon", get(b"X : 1\r\n")),
    ("tab before the colon", get(b"X\t: 1\r\n")),
    ("length, space before the colon", post(b"Content-Length : 2\r\n", b"ab")),
    ("coding, space before the colon", post(b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n")),
    ("empty name", get(b": 1\r\n")),
    ("no colon", get(b"X\r\n")),
    ("space in a name", get(b"X Y: 1\r\n")),
    ("parenthesis in a name", get(b"X(: 1\r\n")),
    ("obs-text in a name", get(b"\xe9: 1\r\n")),
    ("NUL in a name", get(b"X\x00: 1\r\n")),
    ("NUL in a value", get(b"X: 1\x002\r\n")),
    ("control in a value", get(b"X: 1\x012\r\n")),
    ("delete in a value", get(b"X: 1\x7f2\r\n")),
    ("space before the first field", b"GET /users/1 HTTP/1.1\r\n Host: a\r\n\r\n"),
    ("folded with a space", get(b"X: 1\r\n 2\r\n")),
    ("folded with a tab", get(b"X: 1\r\n\t2\r\n")),
    ("folded length", post(b"Content-Length:\r\n 2\r\n", b"ab")),
    ("folded coding", post(b"Transfer-Encoding:\r\n chunked\r\n", b"0\r\n\r\n")),
    ("LF behind the request line", b"GET /users/1 HTTP/1.1\nHost: a\r\n\r\n"),
    ("CR behind the request line", b"GET /users/1 HTTP/1.1\rHost: a\r\n\r\n"),
    ("LF behind a field", get(b"X: 1\nY: 2\r\n")),
    ("CR behind a field", get(b"X: 1\rY: 2\r\n")),
    ("CR CR LF", get(b"X: 1\r\r\n")),
    ("LF LF at the end", b"GET /users/1 HTTP/1.1\r\nHost: a\n\n"),
    ("LF at the end", b"GET /users/1 HTTP/1.1\r\nHost: a\r\n\n"),
    ("NUL in the target", get(target=b"/users/\x00")),
    ("obs-text in the target", get(target=b"/users/\xe9")),
    ("control in the target", get(target=b"/users/\x0b")),
    ("delete in the target", get(target=b"/users/\x7f")),
    ("fragment", get(target=b"/users/1#x")),
    ("half an escape", get(target=b"/users/%2")),
    ("escape of an escape", get(target=b"/users/%2%65%2%65/x")),
    ("escaped NUL", get(target=b"/users/%00")),
    ("dots with a parameter", get(target=b"/users/..;/x")),
    ("no slash", get(target=b"users/1")),
    ("a question mark alone", get(target=b"?")),
    ("asterisk", get(target=b"*")),
    ("OPTIONS *", b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("authority form", get(target=b"a:80")),
    ("CONNECT", b"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("CONNECT with a path", b"CONNECT /users/1 HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("another scheme", get(target=b"ftp://a/users/1")),
    ("no authority", get(target=b"http:///users/1")),
    ("userinfo in the target", get(target=b"http://u:p@a/users/1")),
    ("length with a plus", post(b"Content-Length: +2\r\n", b"ab")),
    ("length with a minus", post(b"Content-Length: -2\r\n", b"ab")),
    ("length in hex", post(b"Content-Length: 0x2\r\n", b"ab")),
    ("length with a fraction", post(b"Content-Length: 2.0\r\n", b"ab")),
    ("length with an underscore", post(b"Content-Length: 2_0\r\n", b"ab")),
    ("length of nothing", post(b"Content-Length:\r\n", b"ab")),
    ("length of a space", post(b"Content-Length: \r\n", b"ab")),
    ("length as a word", post(b"Content-Length: two\r\n", b"ab")),
    ("length in two", post(b"Content-Length: 2 2\r\n", b"ab")),
    ("length as a list", post(b"Content-Length: 2, 2\r\n", b"ab")),
    ("length beyond 64 bits", post(b"Content-Length: 18446744073709551616\r\n", b"ab")),
    ("two lengths", post(b"Content-Length: 2\r\nContent-Length: 2\r\n", b"ab")),
    ("two lengths that differ", post(b"Content-Length: 2\r\nContent-Length: 3\r\n", b"ab")),
    ("length and coding", post(b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n")),
    ("coding and length", post(b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", b"0\r\n\r\n")),
    ("gzip, chunked", post(b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n")),
    ("chunked, chunked", post(b"Transfer-Encoding: chunked, chunked\r\n", b"0\r\n\r\n")),
    ("chunked, gzip", post(b"Transfer-Encoding: chunked, gzip\r\n", b"0\r\n\r\n")),
    ("identity", post(b"Transfer-Encoding: identity\r\n", b"0\r\n\r\n")),
    ("xchunked", post(b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n")),
    ("chunked with a parameter", post(b"Transfer-Encoding: chunked;q=1\r\n", b"0\r\n\r\n")),
    ("chunked in quotes", post(b'Transfer-Encoding: "chunked"\r\n', b"0\r\n\r\n")),
    ("chunked and a comma", post(b"Transfer-Encoding: chunked,\r\n", b"0\r\n\r\n")),
    ("coding of nothing", post(b"Transfer-Encoding:\r\n", b"0\r\n\r\n")),
    ("coding with a vertical tab", post(b"Transfer-Encoding: \x0bchunked\r\n", b"0\r\n\r\n")),
    ("two codings", post(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n")),
    ("coding, then identity", post(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", b"0\r\n\r\n")),
    ("coding in 1.0", post(b"Transfer-Encoding: chunked\r\n", b"0\r\n\r\n", b"HTTP/1.0")),
    ("coding in 1.0, kept alive", post(b"Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n", b"HTTP/1.0")),
    ("RTSP", get(version=b"RTSP/1.0")),
    ("RTSP of a version that HTTP has", get(version=b"RTSP/1.1")),
    ("RTSP with a body", post(b"Content-Length: 2\r\n", b"ab", b"RTSP/1.1")),
    ("RTSP behind two spaces", get(target=b"/users/1 ", version=b"RTSP/1.1")),
    ("a method of RTSP", get(version=b"RTSP/1.0").replace(b"GET", b"DESCRIBE")),
    ("ICE", get(version=b"ICE/1.1").replace(b"GET", b"SOURCE")),
    ("upgrade with a length", post(b"Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n", b"ab")),
    ("upgrade with a coding", chunked(b"0\r\n\r\n", b"Connection: upgrade\r\nUpgrade: h2c\r\n")),
]  # fmt: skip

BAD_CHUNKS = [
    ("plus", b"+2\r\nab\r\n0\r\n\r\n"),
    ("minus", b"-2\r\nab\r\n0\r\n\r\n"),
    ("space before", b" 2\r\nab\r\n0\r\n\r\n"),
    ("space behind", b"2 \r\nab\r\n0\r\n\r\n"),
    ("tab behind", b"2\t\r\nab\r\n0\r\n\r\n"),
    ("hex prefix", b"0x2\r\nab\r\n0\r\n\r\n"),
    ("no digits", b"\r\nab\r\n0\r\n\r\n"),
    ("no hex digit", b"g\r\nab\r\n0\r\n\r\n"),
    ("underscore", b"0_2\r\nab\r\n0\r\n\r\n"),
    ("overflow", b"10000000000000002\r\nab\r\n0\r\n\r\n"),
    ("NUL", b"\x002\r\nab\r\n0\r\n\r\n"),
    ("LF behind the size", b"2\nab\r\n0\r\n\r\n"),
    ("CR behind the size", b"2\rab\r\n0\r\n\r\n"),
    ("too long", b"2\r\nabc\r\n0\r\n\r\n"),
    ("no end of the chunk", b"2\r\nab0\r\n\r\n"),
    ("LF behind the chunk", b"2\r\nab\n0\r\n\r\n"),
    ("CR behind the chunk", b"2\r\nab\r0\r\n\r\n"),
    ("space before an extension", b"2 ;x\r\nab\r\n0\r\n\r\n"),
    ("space in an extension", b"2; x\r\nab\r\n0\r\n\r\n"),
    ("empty extension", b"2;\r\nab\r\n0\r\n\r\n"),
    ("LF in an extension", b"2;x\nab\r\n0\r\n\r\n"),
    ("CR in an extension", b"2;x\rab\r\n0\r\n\r\n"),
    ("NUL in an extension", b"2;x\x00\r\nab\r\n0\r\n\r\n"),
    ("obs-text in an extension", b"2;x=\xe9\r\nab\r\n0\r\n\r\n"),
    ("folded trailer", b"2\r\nab\r\n0\r\n X: 1\r\n\r\n"),
    ("trailer without a colon", b"2\r\nab\r\n0\r\nX\r\n\r\n"),
    ("LF in a trailer", b"2\r\nab\r\n0\r\nX: 1\nY: 2\r\n\r\n"),
    ("length as a trailer", b"2\r\nab\r\n0\r\nContent-Length: 5\r\n\r\n"),
    ("coding as a trailer", b"2\r\nab\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n"),
    ("LF at the end", b"2\r\nab\r\n0\r\n\n"),
]  # fmt: skip

OTHER_REFUSALS = [
    ("2.0", get(version=b"HTTP/2.0"), 505),
    ("3.0", get(version=b"HTTP/3.0"), 505),
    ("1.2", get(version=b"HTTP/1.2"), 505),
    ("TRACE", get().replace(b"GET", b"TRACE"), 405),
    ("length of 64 bits", post(b"Content-Length: 18446744073709551615\r\n", b"ab"), 413),
    ("odd expectation", post(b"Content-Length: 2\r\nExpect: magic\r\n", b"ab"), 417),
    ("two expectations", post(b"Content-Length: 2\r\nExpect: 100-continue, magic\r\n", b"ab"), 417),
    ("two lines of them", post(b"Content-Length: 2\r\nExpect: 100-continue\r\nExpect: x\r\n", b"ab"), 417),
    ("empty expectation", post(b"Content-Length: 2\r\nExpect:\r\n", b"ab"), 417),
    ("long target", get(target=b"/users/" + b"a" * 8192), 414),
    ("endless target", b"GET /" + b"a" * 100_000, 414),
    ("long field", get(b"X: " + b"a" * 8192 + b"\r\n"), 431),
    ("endless field", get(b"X: " + b"a" * 100_000)[:-2], 431),
    ("many fields", get(b"X: 1\r\n" * 200), 431),
    ("much of it", get(b"".join(b"X%d: %b\r\n" % (n, b"a" * 8000) for n in range(9))), 431),
]  # fmt: skip


def rows(table):
    return [pytest.param(*row[1:], id=row[0].replace(" ", "-")) for row in table]


@pytest.mark.parametrize(("raw", "statuses", "ended", "arrivals"), rows(SERVED))
def test_what_is_meant_arrives_once(wire, raw, statuses, ended, arrivals):
    outcome = wire.said(raw, len(statuses))
    assert (outcome.statuses, outcome.ended, outcome.arrivals) == (statuses, ended, arrivals)
    fields = {name.lower().replace("_", "-") for one in outcome.seen for name, _ in one.headers}
    assert not fields & {"x-t", "expect", "upgrade", "transfer-encoding", "connection"}


@pytest.mark.parametrize("raw", rows(BAD_HEADS))
def test_a_head_that_is_no_http_is_400_once_and_the_end(wire, raw):
    outcome = wire.said(raw + TWO)
    assert (outcome.statuses, outcome.ended, outcome.arrivals) == ([400], CLOSED, [])
    assert outcome.answers[0]["Connection"] == "close"
    assert outcome.answers[0].message == "Bad request"


@pytest.mark.parametrize("raw", rows(BAD_HEADS))
def test_a_bad_head_behind_a_good_request_spoils_only_itself(wire, raw):
    if raw.startswith(b" "):
        raw = raw.lstrip()  # llhttp takes the space for part of an empty line there
        raw = b"@" + raw
    outcome = wire.said(get() + raw + TWO, 2)
    assert (outcome.statuses, outcome.ended, outcome.arrivals) == ([200, 400], CLOSED, ONE)


@pytest.mark.parametrize("body", rows(BAD_CHUNKS))
def test_a_bad_chunk_is_400_and_nothing_of_it_arrives(wire, body):
    outcome = wire.said(chunked(body) + TWO)
    assert (outcome.statuses, outcome.ended, outcome.arrivals) == ([400], CLOSED, [])


@pytest.mark.parametrize(("raw", "status"), rows(OTHER_REFUSALS))
def test_some_refusals_have_a_status_of_their_own(wire, raw, status):
    outcome = wire.said(raw)
    assert (outcome.statuses, outcome.ended, outcome.arrivals) == ([status], CLOSED, [])


SPLIT = [
    ("get", get(), ONE, [200]),
    ("post", post(b"Content-Length: 2\r\n", b"ab"), AB, [200]),
    ("chunked", chunked(b"2;x\r\nab\r\n0\r\nX-T: 1\r\n\r\n"), AB, [200]),
    ("bad", get(b"X : 1\r\n"), [], [400]),
    ("two", get() + TWO, ONE + NEXT, [200, 200]),
]


@pytest.mark.parametrize(("raw", "arrivals", "statuses"), rows(SPLIT))
def test_nothing_depends_on_where_packets_end(world, wire, raw, arrivals, statuses):
    import asyncio

    async def scenario():
        async with world.upstream() as up, world.gateway(world.document(up.url)) as gw:
            for place in range(1, len(raw)):
                up.arrivals.clear()
                pieces = [raw[:place], raw[place:]]
                outcome = await wire.converse(world, gw, raw, len(statuses), pieces)
                seen = [(one.method, one.path, one.body) for one in up.arrivals]
                assert outcome.statuses == statuses, place
                assert [one for one in seen if one[1] != "/probe"] == arrivals, place
            up.arrivals.clear()
            outcome = await wire.converse(
                world, gw, raw, len(statuses), [bytes([byte]) for byte in raw]
            )
            assert outcome.statuses == statuses

    asyncio.run(scenario())


def test_a_large_body_with_a_tab_behind_its_length_is_not_taken_for_none(wire):
    body = b"x" * 200_000
    outcome = wire.said(post(b"Content-Length: 200000\t\r\n", body))
    assert outcome.arrivals == [("POST", "/1", body)]


def test_the_host_of_an_absolute_target_is_the_host_that_is_sent(wire):
    outcome = wire.said(
        get(target=b"http://Other.test:81/users/1"),
        document={"hosts": ["other.test"], "preserve_host": True},
    )
    assert outcome.statuses == [200, 404]  # the second asks for another host
    assert outcome.seen[0].values("Host") == ["Other.test:81"]


@pytest.mark.parametrize("raw", rows([("whole", get()), ("head", get()[:-2]), ("body", post(b"Content-Length: 9\r\n", b"ab"))]))  # fmt: skip
def test_who_says_nothing_more_has_left(wire, raw):
    """As nginx sees it: a client that closes looks the same, and its upstream has to be freed."""
    outcome = wire.said(raw, 0, half_close=True)
    assert (outcome.statuses, outcome.ended) == ([], CLOSED)
    assert outcome.arrivals in ([], ONE)
