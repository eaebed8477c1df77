"""Scripts: how the upstream behaves under `/{name}/…`. Pure: JSON in, a Script or its error out."""

import re
from dataclasses import dataclass, field

from services.strict_json import parse

MAX_DELAY_S = 300
FIELDS = ("delay_s", "status", "headers", "body", "then")
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
# The upstream counts and frames the body itself.
FRAMING = ("content-length", "transfer-encoding", "connection")


class BadScript(Exception):
    """Which field of a script cannot be, and why."""


@dataclass(frozen=True, slots=True)
class Script:
    """Wait, answer, and perhaps close the connection without having announced it.

    `body` is None for an echo of what arrived.
    """

    delay_s: float = 0.0
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str | dict[str, object] | None = None
    then: str | None = None


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
        if name not in FIELDS:
            raise BadScript(f'unknown field "{name}"; a script has {", ".join(FIELDS)}')
    return Script(
        _delay(given.get("delay_s", 0)),
        _status(given.get("status", 200)),
        _headers(given.get("headers", {})),
        _body(given.get("body")),
        _then(given.get("then")),
    )


def _delay(value: object) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 <= float(str(value)) <= MAX_DELAY_S:
        raise BadScript(f"delay_s must be a number of seconds from 0 to {MAX_DELAY_S}")
    return float(str(value))


def _status(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 200 <= value <= 599:
        raise BadScript("status must be a whole number from 200 to 599")
    return value


def _headers(value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise BadScript("headers must be an object of texts")
    for name, text in value.items():
        if not TOKEN.fullmatch(name) or name.lower() in FRAMING:
            raise BadScript(f'headers: "{name}" is not a header a script may set')
        if not text.isprintable() or not all(ord(character) < 256 for character in text):
            raise BadScript(f'headers: the value of "{name}" cannot be sent in a header')
    return value


def _body(value: object) -> str | dict[str, object] | None:
    if value is not None and not isinstance(value, str | dict):
        raise BadScript("body must be a text or an object")
    return value


def _then(value: object) -> str | None:
    if value not in (None, "close"):
        raise BadScript('then must be "close" or null')
    return "close" if value else None
