"""What differs between what was sent and what arrived, and between what was expected and found."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from harness.report.run import Arrival, Call, Pairs

_BY_THE_CLIENT = frozenset(
    {"accept", "accept-encoding", "connection", "content-length", "host", "user-agent"}
)
"""Headers that the harness's HTTP client adds by itself: no scenario asked for them."""

_PLACE = re.compile(r"(?:, in \d+ ms)?(?: \[[^\[\]]*\])?$")
_REASON = re.compile(
    r"^(?P<what>.*\b)?expected (?P<wanted>.+?),? (?:but )?(?:got|found) (?P<found>.+)$", re.S
)
_CONTEXT = 24


@dataclass(frozen=True, slots=True)
class Line:
    """A header as it arrived. `mark` is "" (as sent), "+" (added), "~" (changed), "-" (gone)."""

    mark: str
    name: str
    value: str
    was: str = ""


def headers(call: Call, arrival: Arrival) -> list[Line]:
    """Compare by name, whatever its case, keeping the order in which they arrived."""
    sent = _by_name(call.request_headers)
    lines = []
    for name, value in arrival.headers:
        before = sent.get(name.lower())
        if before is None:
            known = name.lower() in _BY_THE_CLIENT
            lines.append(Line("" if known else "+", name, value))
        elif value in before:
            before.remove(value)
            lines.append(Line("", name, value))
        else:
            lines.append(Line("~", name, value, before.pop(0) if before else ""))
    gone = [(name, value) for name, values in sent.items() for value in values]
    return [*lines, *_gone(call.request_headers, gone)]


def _by_name(pairs: Pairs) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name.lower(), []).append(value)
    return found


def _gone(sent: Pairs, gone: Iterable[tuple[str, str]]) -> Iterable[Line]:
    spelled = {name.lower(): name for name, _ in sent}
    return [Line("-", spelled[name], value) for name, value in gone]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a failure says, taken apart; `wanted` and `found` are empty where it is one sentence."""

    what: str
    wanted: str = ""
    found: str = ""
    first: str = ""


def finding(reason: str) -> Finding:
    """Take `…expected X, got Y` apart; any other sentence stays whole."""
    parts = _REASON.match(_PLACE.sub("", reason))
    if parts is None:
        return Finding(reason)
    wanted, found = parts["wanted"].strip(), parts["found"].strip()
    what = (parts["what"] or "").strip(" :,")
    return Finding(what, wanted, found, first_difference(wanted, found))


def first_difference(wanted: str, found: str) -> str:
    """Say where two texts part; nothing for texts that are short enough to be seen at once."""
    if max(len(wanted), len(found)) < 2 * _CONTEXT or wanted == found:
        return ""
    at = next(
        (i for i, (a, b) in enumerate(zip(wanted, found, strict=False)) if a != b),
        min(len(wanted), len(found)),
    )
    if at == 0:
        return ""
    return (
        f"they part at character {at + 1}: expected {_around(wanted, at)}, "
        f"found {_around(found, at)}"
    )


def _around(text: str, at: int) -> str:
    start, end = max(at - 8, 0), at + _CONTEXT
    piece = text[start:end] or "the end"
    return f"{'…' if start else ''}{piece}{'…' if end < len(text) else ''}"
