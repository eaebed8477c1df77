"""Where a message ends, and what forbids believing it (RFC 9112, 3.2, 6 and 11.2). Pure.

llhttp in its strict mode refuses most of what is not HTTP; this is what it lets pass.
"""

import re
from http import HTTPStatus

from gateway.http.headers import Headers, every, tokens

ONCE_ONLY = frozenset({b"host", b"content-length", b"transfer-encoding", b"authorization"})
PHRASES = frozenset(status.phrase.encode() for status in HTTPStatus)
PHRASE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")
NO_CONTENT = frozenset({204, 304})


def content_length(first: dict[bytes, bytes]) -> int | None:
    """The announced length; None without one, or where it is not a plain number.

    The parser leaves a tab behind the digits where it is.
    """
    value = first.get(b"content-length")
    if value is None:
        return None
    value = value.strip(b" \t")
    return int(value) if value.isdigit() else None


def request_flaw(version: str, headers: Headers, first: dict[bytes, bytes]) -> str | None:
    """The code of the refusal that a request's framing deserves."""
    if version not in ("1.0", "1.1"):
        return "bad-request" if version == "0.9" else "version-not-supported"
    if len(first) < len(headers) and repeated(headers, ONCE_ONLY):
        return "bad-request"
    if b"host" not in first and version == "1.1":
        return "bad-request"
    coding = first.get(b"transfer-encoding")
    if coding is not None and (version == "1.0" or tokens(coding) != [b"chunked"]):
        return "bad-request"
    if b"content-length" in first and (coding is not None or content_length(first) is None):
        return "bad-request"
    if b"expect" in first and version == "1.1" and not continues(headers):
        return "expectation-failed"
    return None


def continues(headers: Headers) -> bool:
    """Whether every expectation is the only one there is."""
    lines = every(headers, b"expect")
    return {token for line in lines for token in tokens(line)} == {b"100-continue"}


def repeated(headers: Headers, names: frozenset[bytes]) -> bool:
    """Whether one of the fields has more than one line."""
    lines = [name.lower() for name, _ in headers]
    return any(lines.count(name) > 1 for name in names)


def answer_flaw(
    version: str, status: int, reason: bytes, headers: Headers, first: dict[bytes, bytes]
) -> str | None:
    """Why the head of an upstream's answer cannot be passed on."""
    if version not in ("1.0", "1.1"):
        return f"an answer in HTTP/{version}"
    if status == 101:
        return "an upgrade that nobody asked for"
    if not 100 <= status <= 599:
        return f"status {status}"
    if reason not in PHRASES and not PHRASE.fullmatch(reason):
        return "a reason phrase with control characters"
    coding = first.get(b"transfer-encoding")
    if coding is not None and (version == "1.0" or tokens(coding) != [b"chunked"]):
        return f"transfer-encoding {coding.decode('latin-1')}"
    if len(first) < len(headers) and repeated(headers, ONCE_ONLY):
        return "a field that may stand only once stands twice"
    if b"content-length" in first and content_length(first) is None:
        return "no usable content-length"
    return None


def ends_by_closing(status: int, first: dict[bytes, bytes]) -> bool:
    """Whether nothing but the end of the connection ends the answer."""
    return (
        b"content-length" not in first
        and b"transfer-encoding" not in first
        and status not in NO_CONTENT
    )
