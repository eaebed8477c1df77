"""Scripts: how the upstream behaves under `/{name}/…`. Pure: JSON in, a Script or its error out.

`PUT /scripts/{name}` takes a JSON object; what is left out has its default:

    delay_s          seconds to wait before answering (0)
    status           200 to 599 (200)
    headers          object of texts; framing is the upstream's own
    body             a text, an object sent as JSON, or null for an echo of what arrived
    chunked          true: the body in chunks, one for each piece, instead of a length
    trailers         object of texts behind a chunked body
    raw              a text, or {"base64": "…"}: these bytes instead of an answer, whatever they are
    early            true: answer as soon as the head has arrived, without waiting for the body
    read_delay_s     seconds to read nothing after a head, so that a sender feels it (0)
    piece_bytes      send the answer in pieces of so many bytes
    piece_delay_s    seconds between two pieces (0)
    cut_after_bytes  send only so many bytes of the answer, head included, and end the connection
    close            "fin" or "reset": end the connection after the answer, without a word
    then             "close": the same as close "fin"

A cut without `close` is a "fin". What cannot be is refused with a line that names the field.
"""

import binascii
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from services.strict_json import parse

MAX_DELAY_S = 300
MAX_BYTES = 16 * 1024 * 1024
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
# The upstream counts and frames the body itself; odd framing is for `raw`.
FRAMING = ("content-length", "transfer-encoding", "connection")
COMPOSED = ("status", "headers", "body", "chunked", "trailers")


class BadScript(Exception):
    """Which field of a script cannot be, and why."""


@dataclass(frozen=True, slots=True)
class Script:
    """Wait, answer, and perhaps end the connection without having announced it.

    `body` is None for an echo of what arrived.
    """

    delay_s: float = 0.0
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str | dict[str, object] | None = None
    then: str | None = None
    chunked: bool = False
    trailers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    early: bool = False
    read_delay_s: float = 0.0
    piece_bytes: int | None = None
    piece_delay_s: float = 0.0
    cut_after_bytes: int | None = None
    close: str | None = None

    @property
    def ending(self) -> str | None:
        """How the connection ends after the answer, if it does."""
        if self.close is None and (self.then or self.cut_after_bytes is not None):
            return "fin"
        return self.close


ECHO = Script()


def read_script(text: bytes) -> Script:
    """The script in a JSON object; BadScript names the field that is unknown or wrong."""
    try:
        given = parse(text)
    except ValueError:
        raise BadScript("the script is not JSON") from None
    if not isinstance(given, dict):
        raise BadScript("the script must be a JSON object")
    for name in given:
        if name not in READERS:
            raise BadScript(f'unknown field "{name}"; a script has {", ".join(READERS)}')
    read = {name: READERS[name](name, value) for name, value in given.items()}
    for name in COMPOSED:
        if name in read and read.get("raw") is not None:
            raise BadScript(f"{name} and raw exclude each other: raw is the whole answer")
    if read.get("trailers") and not read.get("chunked"):
        raise BadScript("trailers need chunked true")
    return Script(**read)


def _seconds(name: str, value: object) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 <= float(str(value)) <= MAX_DELAY_S:
        raise BadScript(f"{name} must be a number of seconds from 0 to {MAX_DELAY_S}")
    return float(str(value))


def _whole(name: str, value: object, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise BadScript(f"{name} must be a whole number from {least} to {most}")
    return value


def _status(name: str, value: object) -> int:
    return _whole(name, value, 200, 599)


def _cut(name: str, value: object) -> int | None:
    return None if value is None else _whole(name, value, 0, MAX_BYTES)


def _piece(name: str, value: object) -> int | None:
    return None if value is None else _whole(name, value, 1, MAX_BYTES)


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise BadScript(f"{name} must be true or false")
    return value


def _headers(name: str, value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise BadScript(f"{name} must be an object of texts")
    for header, text in value.items():
        if not TOKEN.fullmatch(header) or header.lower() in FRAMING:
            raise BadScript(f'{name}: "{header}" is not a header a script may set')
        if not text.isprintable() or not all(ord(character) < 256 for character in text):
            raise BadScript(f'{name}: the value of "{header}" cannot be sent in a header')
    return value


def _body(name: str, value: object) -> str | dict[str, object] | None:
    if value is not None and not isinstance(value, str | dict):
        raise BadScript(f"{name} must be a text or an object")
    return value


def _raw(name: str, value: object) -> bytes | None:
    if value is None:
        return None
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if not isinstance(value, dict) or list(value) != ["base64"]:
        raise BadScript(f'{name} must be a text or {{"base64": "…"}}')
    try:
        return b64decode(str(value["base64"]), validate=True)
    except (binascii.Error, ValueError):
        raise BadScript(f"{name}: its base64 cannot be decoded") from None


def _then(name: str, value: object) -> str | None:
    if value not in (None, "close"):
        raise BadScript(f'{name} must be "close" or null')
    return "close" if value else None


def _close(name: str, value: object) -> str | None:
    if value not in (None, "fin", "reset"):
        raise BadScript(f'{name} must be "fin", "reset" or null')
    return str(value) if value else None


READERS: dict[str, Callable[[str, object], Any]] = {
    "delay_s": _seconds,
    "status": _status,
    "headers": _headers,
    "body": _body,
    "then": _then,
    "chunked": _flag,
    "trailers": _headers,
    "raw": _raw,
    "early": _flag,
    "read_delay_s": _seconds,
    "piece_bytes": _piece,
    "piece_delay_s": _seconds,
    "cut_after_bytes": _cut,
    "close": _close,
}
