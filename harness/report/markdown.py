"""Text in Markdown: whatever an answer held, it is shown and does nothing."""

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~$@])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_TICKS = re.compile("`+")


def inline(text: str) -> str:
    """Draw a text on one line, as it reads."""
    line = " ".join(_CONTROLS.sub("\ufffd", text).split())
    escaped = _SPECIAL.sub(r"\\\1", line)
    return "".join(_ENTITIES.get(letter, letter) for letter in escaped)


def block(text: str, language: str = "") -> str:
    """Draw a text in a fence that it cannot close."""
    shown = _CONTROLS.sub("\ufffd", text)
    longest = max(map(len, _TICKS.findall(shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{shown}\n{fence}"


def cut(text: str, length: int) -> str:
    """Return a text that is no longer than that, and says when it was."""
    return text if len(text) <= length else f"{text[:length]} … ({len(text)} characters)"
