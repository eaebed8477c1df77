"""Texts from the wire, made safe to look at: nothing hides, nothing reorders, nothing breaks UTF-8.

Shape: pure. `visible` leaves readable text alone and spells out everything else; the template
       escapes what comes out of it.
"""

import json
import re

_ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufffe\uffff]"
)
"""Controls, invisible characters, bidirectional marks, halves of surrogate pairs."""

_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_SPACED = {",": ", ", ":": ": "}
_LONGEST_BODY = 4096
_WIDTH = 64
_LONGEST_LINE = 600


def visible(text: str) -> str:
    """Spell out every character that cannot be seen: a NUL is ␀, a mark U+202E is ⟨U+202E⟩."""
    return _ODD.sub(_spelled, text) if _ODD.search(text) else text


def _spelled(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"⟨U+{code:04X}⟩"


def is_binary(text: str) -> bool:
    """Would a person see mostly characters that say nothing?"""
    start = text[:1000]
    return len(_NO_TEXT.findall(start)) > len(start) / 10


def body(text: str) -> str:
    """Draw a body for reading: JSON indented, value for value as it was; anything long is cut."""
    if is_binary(text):
        return f"binary, {_characters(text)}; it begins {text[:120]!a}"
    shown = text[:_LONGEST_BODY]
    if len(shown) == len(text):
        shown = indented(text) or text
    cut = "" if len(text) <= _LONGEST_BODY else f"\n… cut; {_characters(text)} in all"
    return shown.replace("\r\n", "\n") + cut


def _characters(text: str) -> str:
    return f"{len(text):,} characters"


def indented(text: str) -> str | None:
    """Indent JSON without touching a value: 1e400 and a doubled key stay as they were sent.

    Returns: None for what is no JSON object or array.
    """
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return None
    return "".join(_indented(_TOKEN.findall(text)))


def _indented(tokens: list[str]) -> list[str]:
    out: list[str] = []
    depth, place = 0, 0
    while place < len(tokens):
        token = tokens[place]
        flat = _flat(tokens, place) if token in "{[" else 0
        if flat:
            out += [_SPACED.get(one, one) for one in tokens[place:flat]]
            place = flat
            continue
        if token in "}]":
            depth -= 1
            out.append("\n" + "  " * depth)
        out.append(": " if token == ":" else token)
        depth += token in "{["
        if token in "{[,":
            out.append("\n" + "  " * depth)
        place += 1
    return out


def _flat(tokens: list[str], start: int) -> int:
    """Where a list or object ends that fits into a line and holds no other; 0 when it does not."""
    width = 0
    for place in range(start + 1, len(tokens)):
        if tokens[place] in "}]":
            return place + 1
        width += len(tokens[place]) + 1
        if tokens[place] in "{[" or width > _WIDTH:
            return 0
    return 0


def short(text: str, longest: int = _LONGEST_LINE) -> str:
    """One line of at most so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def seconds(took_s: float | None) -> str:
    """A duration as people say it: 3 ms, 0.12 s, 2 min 5 s."""
    if took_s is None:
        return ""
    if took_s < 0.0995:
        return f"{took_s * 1000:.0f} ms"
    if took_s < 9.95:
        return f"{took_s:.2f} s"
    if took_s < 90:
        return f"{took_s:.0f} s"
    return f"{took_s // 60:.0f} min {took_s % 60:.0f} s"


def counted(number: int, one: str, many: str = "") -> str:
    """`1 example`, `2 examples`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
