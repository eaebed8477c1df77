"""A grammar of HTTP/1.1 requests and of the mistakes that people and attackers make in them. Pure.

A case is what one caller sends over one connection: some requests, most of them with a mistake, and
an honest last one that asks for the end. Every request names its case and place in its path; what
is meant to be smuggled names itself so.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

PREFIX = "/fuzz"
SMUGGLED = "smuggled"

Draw = random.Random


@dataclass(slots=True)
class Draft:
    """A request in parts, so that a mistake can be made in any of them."""

    line: bytes
    fields: list[bytes]
    body: bytes

    def bytes(self) -> bytes:
        return (
            self.line + b"\r\n" + b"".join(f + b"\r\n" for f in self.fields) + b"\r\n" + self.body
        )


@dataclass(frozen=True, slots=True)
class Case:
    """Shape: `mistakes` are the names of what is wrong, in order; `bytes` is all that is sent."""

    number: int
    bytes: bytes
    mistakes: tuple[str, ...]
    requests: int


def case(number: int, seed: int) -> Case:
    """Draw a case; the same numbers draw the same bytes."""
    return drawn(random.Random(seed * 1_000_003 + number), number)


def drawn(draw: Draw, number: int) -> Case:
    """Draw a case from any source of choices, such as Hypothesis's, which can make it smaller."""
    count = draw.choice((1, 1, 2, 2, 3))
    sent, mistakes = b"", []
    for place in range(count):
        draft = honest(draw, number, place)
        for _ in range(draw.choice((0, 1, 1, 1, 2))):
            name = draw.choice(tuple(MISTAKES))
            MISTAKES[name](draw, draft, number)
            mistakes.append(name)
        sent += draft.bytes()
    sent += honest_end(number, count).bytes()
    if draw.random() < 0.03:
        sent = sent[: draw.randrange(1, len(sent))]
        mistakes.append("cut short")
    return Case(number, sent, tuple(mistakes), count + 1)


def honest(draw: Draw, number: int, place: int) -> Draft:
    """Draw a request without a mistake."""
    target = f"{PREFIX}/{number}/{place}" + draw.choice(("", "", "?a=1", "/deeper/x"))
    method = draw.choice(("GET", "GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS"))
    fields = [b"Host: fuzz.test", named(number, place)]
    fields += [draw.choice(_USUAL) for _ in range(draw.randrange(3))]
    body = b""
    if method in ("POST", "PUT"):
        body = _body(draw, number)
        if draw.random() < 0.5:
            fields.append(b"Content-Length: %d" % len(body))
        else:
            fields.append(b"Transfer-Encoding: chunked")
            body = chunked(draw, body)
    draw.shuffle(fields)
    return Draft(f"{method} {target} HTTP/1.1".encode(), fields, body)


def honest_end(number: int, place: int) -> Draft:
    target = f"{PREFIX}/{number}/{place}"
    fields = [b"Host: fuzz.test", named(number, place), b"Connection: close"]
    return Draft(f"GET {target} HTTP/1.1".encode(), fields, b"")


def named(number: int, place: int) -> bytes:
    """Name the case a second time: a mistake may spoil one of the names."""
    return b"X-Fuzz: %d-%d" % (number, place)


_USUAL = (
    b"Accept: */*",
    b"X-Empty:",
    b"User-Agent: fuzz/1.0 (a b; c)",
    b"Cookie: a=b; c=d",
    b"X-Forwarded-For: 10.0.0.1",
    b"TE: trailers",
    b"X-Long: " + b"v" * 500,
    b"Content-Type: text/plain",
)


def smuggled(number: int) -> bytes:
    return f"GET {PREFIX}/{number}/{SMUGGLED} HTTP/1.1\r\nHost: fuzz.test\r\n\r\n".encode()


def _body(draw: Draw, number: int) -> bytes:
    return draw.choice((b"", b"abc", b"x" * 70, smuggled(number), b"0\r\n\r\n" + smuggled(number)))


def chunked(draw: Draw, body: bytes) -> bytes:
    """Write a body in chunks, with an extension or a trailer now and then."""
    coded, start = b"", 0
    while start < len(body):
        size = draw.randrange(1, len(body) - start + 1)
        coded += b"%x" % size + draw.choice((b"", b"", b";a=b", b';a="q"'))
        coded += b"\r\n" + body[start : start + size] + b"\r\n"
        start += size
    return coded + b"0\r\n" + draw.choice((b"", b"", b"X-Trailer: t\r\n")) + b"\r\n"


# --- mistakes ------------------------------------------------------------------------------------

Mistake = Callable[[Draw, Draft, int], None]
MISTAKES: dict[str, Mistake] = {}


def _mistake(name: str) -> Callable[[Mistake], Mistake]:
    def kept(make: Mistake) -> Mistake:
        MISTAKES[name] = make
        return make

    return kept


def _somewhere(draw: Draw, draft: Draft, *fields: bytes) -> None:
    for field in fields:
        draft.fields.insert(draw.randrange(len(draft.fields) + 1), field)


def _words(draft: Draft) -> list[bytes]:
    """Split the request line, which an earlier mistake may have spoilt."""
    return [*draft.line.split(b" ", 2), b"", b""][:3]


@_mistake("a second length")
def _(draw: Draw, draft: Draft, number: int) -> None:
    length = draw.choice((b"0", b"3", b"5", b"70", b"999"))
    _somewhere(draw, draft, b"Content-Length: " + length)


@_mistake("an odd length")
def _(draw: Draw, draft: Draft, number: int) -> None:
    odd = draw.choice((b"+3", b"-1", b"0x3", b"3, 3", b"3,4", b"3 3", b"\t3", b"3\t", b"three", b"",
                       b"00003", b"18446744073709551619", b"1e1", b"3;q=1", b"\xb3"))  # fmt: skip
    draft.fields = [f for f in draft.fields if not f.lower().startswith(b"content-length")]
    _somewhere(draw, draft, b"Content-Length: " + odd)


@_mistake("a length and chunks")
def _(draw: Draw, draft: Draft, number: int) -> None:
    draft.body = draw.choice((b"0\r\n\r\n", b"3\r\nabc\r\n0\r\n\r\n")) + smuggled(number)
    length = b"%d" % draw.choice((0, 5, len(draft.body)))
    _somewhere(draw, draft, b"Transfer-Encoding: chunked", b"Content-Length: " + length)


@_mistake("an odd coding")
def _(draw: Draw, draft: Draft, number: int) -> None:
    odd = draw.choice((b"gzip, chunked", b"chunked, gzip", b"chunked, chunked", b"identity",
                       b"xchunked", b"chunked;a=b", b" chunked", b"\x0bchunked", b"CHUNKED",
                       b"chunked,", b"", b'"chunked"', b"chunked\x00", b"chu\tnked"))  # fmt: skip
    name = draw.choice((b"Transfer-Encoding: ", b"Transfer-Encoding:", b"transfer_encoding: ",
                        b"Transfer-Encoding : ", b"Transfer\xadEncoding: "))  # fmt: skip
    _somewhere(draw, draft, name + odd)


@_mistake("odd chunks")
def _(draw: Draw, draft: Draft, number: int) -> None:
    draft.fields = [f for f in draft.fields if not f.lower().startswith(b"content-length")]
    if not any(f.lower().startswith(b"transfer-encoding") for f in draft.fields):
        _somewhere(draw, draft, b"Transfer-Encoding: chunked")
    draft.body = draw.choice((
        b"3\nabc\n0\n\n", b"3\r\nabc0\r\n\r\n", b"-3\r\nabc\r\n0\r\n\r\n", b"+3\r\nabc\r\n0\r\n\r\n",
        b"0x3\r\nabc\r\n0\r\n\r\n", b"3 \r\nabc\r\n0\r\n\r\n", b" 3\r\nabc\r\n0\r\n\r\n",
        b"3;a\nb\r\nabc\r\n0\r\n\r\n", b"3\r\nabcd\r\n0\r\n\r\n", b"\r\n0\r\n\r\n", b"zz\r\n\r\n",
        b"fffffffffffffffff\r\nabc\r\n0\r\n\r\n", b"0\r\nContent-Length: 50\r\n\r\n",
        b"0\r\nHost: other\r\nX-Consumer-Username: root\r\n\r\n", b"0\r\n\r",
        b"3\r\nabc\r\n00\r\n\r\n", b"3;" + b"e" * 9000 + b"\r\nabc\r\n0\r\n\r\n",
    ))  # fmt: skip
    if draw.random() < 0.5:
        draft.body += smuggled(number)


@_mistake("an odd line end")
def _(draw: Draw, draft: Draft, number: int) -> None:
    place = draw.randrange(len(draft.fields))
    odd = draw.choice((b"\n", b"\r", b"\r\r\n", b"\x85", b"\x0b", b"\x00", b"\n\r"))
    draft.fields[place] += odd + draw.choice((b"X-After: 1", b"", b" folded"))


@_mistake("a folded field")
def _(draw: Draw, draft: Draft, number: int) -> None:
    place = draw.randrange(len(draft.fields))
    draft.fields[place] += draw.choice((b"\r\n folded", b"\r\n\tfolded", b"\r\n  "))


@_mistake("an odd field")
def _(draw: Draw, draft: Draft, number: int) -> None:
    odd = draw.choice((
        b"X-A : 1", b" X-A: 1", b": 1", b"X A: 1", b"X(A): 1", b"X-A", b"X-\xc3\xa9: 1",
        b"X-A: \x00", b"X-A: \x7f", b"X-A: \xff\xfe", b"X-A: a\x1bb", b"X-A\x00: 1", b"[X]: 1",
        b"Content-Length : 3", b"Content-Length\x0b: 3", b"Content_Length: 3", b'"X": 1',
    ))  # fmt: skip
    _somewhere(draw, draft, odd)


@_mistake("an odd host")
def _(draw: Draw, draft: Draft, number: int) -> None:
    odd = draw.choice((b"Host: other.test", b"Host:", b"Host: fuzz.test:80:80", b"Host: a b",
                       b"Host: fuzz.test/x", b"Host: user@fuzz.test", b"host: fuzz.test",
                       b"Host: [::1", b"Host: fuzz.test,other.test", b"Host: \xff"))  # fmt: skip
    if draw.random() < 0.5:
        draft.fields = [f for f in draft.fields if not f.lower().startswith(b"host")]
    _somewhere(draw, draft, odd)


@_mistake("no host")
def _(draw: Draw, draft: Draft, number: int) -> None:
    draft.fields = [f for f in draft.fields if not f.lower().startswith(b"host")]


@_mistake("an odd line")
def _(draw: Draw, draft: Draft, number: int) -> None:
    method, target, version = _words(draft)
    draft.line = draw.choice((
        method + b"  " + target + b" " + version,
        method + b"\t" + target + b"\t" + version,
        b" " + draft.line,
        draft.line + b" ",
        method + b" " + target,
        method + b" " + target + b" HTTP/1.1 x",
        method + b" " + target + b" HTTP/1,1",
        method + b" " + target + b" HTTP/01.1",
        method + b" " + target + b" HTTP/1.01",
        method + b" " + target + b" http/1.1",
        method + b" " + target + b"\x00 " + version,
        method + b" " + target + b"\xe2\x80\xae " + version,
        method + b" " + target + b"#fragment " + version,
        method + b" http://fuzz.test" + target + b" " + version,
        method + b" http://other.test" + target + b" " + version,
        method + b" http://fuzz.test@other.test" + target + b" " + version,
        method + b" //other.test" + target + b" " + version,
        method + b" * " + version,
        b"\r\n\r\n" + draft.line,
        b"\n" + draft.line,
        b"PRI * HTTP/2.0\r\n\r\nSM",
    ))  # fmt: skip


@_mistake("another version")
def _(draw: Draw, draft: Draft, number: int) -> None:
    version = draw.choice((b"1.0", b"0.9", b"2.0", b"3.0", b"1.2", b"9.9", b"1.1.1", b"1", b"x.y"))
    draft.line = draft.line.rpartition(b"/")[0] + b"/" + version


@_mistake("an odd method")
def _(draw: Draw, draft: Draft, number: int) -> None:
    odd = draw.choice((b"get", b"GETT", b"G ET", b"G\x00T", b"CONNECT", b"TRACE", b"PROPFIND",
                       b"PURGE", b"M-SEARCH", b"", b"GET\xc3", b"OPTIONS", b"PATCH"))  # fmt: skip
    draft.line = odd + b" " + draft.line.partition(b" ")[2]


@_mistake("an upgrade")
def _(draw: Draw, draft: Draft, number: int) -> None:
    protocol = draw.choice((b"websocket", b"h2c", b"TLS/1.0", b""))
    _somewhere(draw, draft, b"Connection: Upgrade", b"Upgrade: " + protocol)


@_mistake("an odd connection")
def _(draw: Draw, draft: Draft, number: int) -> None:
    odd = draw.choice((b"close", b"keep-alive, close", b"Host", b"Content-Length",
                       b"X-Consumer-Username", b"Transfer-Encoding", b"close, Upgrade", b",,",
                       b"\x00close", b"proxy-connection"))  # fmt: skip
    _somewhere(draw, draft, b"Connection: " + odd)


@_mistake("an expectation")
def _(draw: Draw, draft: Draft, number: int) -> None:
    odd = draw.choice((b"100-continue", b"100-Continue", b"200-ok", b"", b"100-continue, x"))
    _somewhere(draw, draft, b"Expect: " + odd)


@_mistake("an identity")
def _(draw: Draw, draft: Draft, number: int) -> None:
    name = draw.choice((b"X-Consumer-Username", b"x_consumer_username", b"X-Consumer-Id",
                        b"X-Consumer_Groups", b"X-Authenticated-Userid"))  # fmt: skip
    _somewhere(draw, draft, name + b": root")


@_mistake("an odd path")
def _(draw: Draw, draft: Draft, number: int) -> None:
    method, target, version = _words(draft)
    odd = draw.choice((b"/../x", b"/%2e%2e/x", b"//x", b"/%2Fx", b"/%00", b"/%zz", b"/..;/x", b"/\\x",
                       b"/%5c..%5cx", b"/\xc3\xa9", b"/%c0%ae%c0%ae/", b"/;a=b", b"/%25%32%65",
                       b"?" + b"q" * 9000, b"/a%20b", b"/%0d%0aX:1"))  # fmt: skip
    draft.line = method + b" " + target + odd + b" " + version


@_mistake("too much")
def _(draw: Draw, draft: Draft, number: int) -> None:
    if draw.random() < 0.5:
        draft.fields += [b"X-%d: 1" % n for n in range(200)]
    else:
        _somewhere(draw, draft, b"X-Large: " + b"y" * draw.choice((8000, 9000, 70000)))


@_mistake("changed bytes")
def _(draw: Draw, draft: Draft, number: int) -> None:
    """Change a few bytes anywhere, as nobody would on purpose."""
    whole = bytearray(b"\r\n".join((draft.line, *draft.fields)))
    for _ in range(draw.randrange(1, 4)):
        place = draw.randrange(len(whole))
        whole[place] = draw.choice((0, 9, 10, 13, 32, 58, draw.randrange(256)))
    line, *fields = bytes(whole).split(b"\r\n")
    draft.line, draft.fields = line, fields
