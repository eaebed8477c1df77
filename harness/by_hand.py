"""The line that repeats a call by hand, drawn from what was masked: a secret becomes `$TOKEN`."""

import re
import shlex
from collections.abc import Iterable
from urllib.parse import urlsplit

_MASKED = re.compile(r"«(?:jwt|secret) [0-9a-f]{8}»")
_ESCAPES = {"\\": "\\\\", "\r": "\\r", "\n": "\\n", "\0": "\\0000"}
_NEEDS_CARE = re.compile(r'(["\\`$])')


RAW = "RAW"
"""The method of a call that was bytes on a socket, not a request of an HTTP client."""


def line(method: str, url: str, headers: Iterable[tuple[str, str]], body: str) -> str:
    """Draw the line that makes a call again, from masked values; the shell fills `$TOKEN` in."""
    return raw(url, body) if method == RAW else curl(method, url, headers, body)


def raw(url: str, sent: str) -> str:
    """Draw a line that sends bytes as they are; `printf` knows their line ends."""
    where = urlsplit(url)
    escaped = "".join(_ESCAPES.get(letter, letter) for letter in sent)
    return f"printf %b {_quoted(escaped)} | nc {where.hostname} {where.port}"


def curl(method: str, url: str, headers: Iterable[tuple[str, str]], body: str) -> str:
    words = ["curl", "-i", "-X", shlex.quote(method)]
    for name, value in headers:
        words += ["-H", _quoted(f"{name}: {value}")]
    if body:
        words += ["--data-raw", _quoted(body)]
    return " ".join([*words, _quoted(url)])


def _quoted(text: str) -> str:
    """Quote for a shell; a text with a secret in it so that the shell still fills that in."""
    if not _MASKED.search(text):
        return shlex.quote(text)
    pieces = (_NEEDS_CARE.sub(r"\\\1", piece) for piece in _MASKED.split(text))
    return '"' + "$TOKEN".join(pieces) + '"'
