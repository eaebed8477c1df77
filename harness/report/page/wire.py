"""Draws HTTP messages as the page shows them: one `pre`, header names set apart, differences marked.

These are the pieces that occur thousands of times, so they are put together here and not in a
template; every value goes through `visible` and is escaped.
"""

import json
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from harness.report.page import differences
from harness.report.page.text import body, visible
from harness.report.run import Arrival, Call, LogLine, Pairs

_LONGEST_VALUE = 2000


def safe(text: object) -> Markup:
    """Make any value fit to stand in a page."""
    return text if isinstance(text, Markup) else escape(visible(str(text)))


def request(call: Call) -> Markup:
    first = Markup("<b>{}</b> {}").format(safe(call.method), safe(call.path))
    return _message(first, call.request_headers, call.request_body)


def response(call: Call) -> Markup:
    if call.unknown:
        return Markup("<b>no answer</b> {}").format(safe(call.error))
    return _message(Markup("<b>{}</b>").format(call.status), call.headers, call.body)


def _message(first: Markup, headers: Pairs, content: str) -> Markup:
    return Markup("\n").join([first, *(_header(*pair) for pair in headers)]) + _content(content)


def _header(name: str, value: str) -> Markup:
    return Markup("<i>{}:</i> {}").format(safe(name), safe(_cut(value)))


def _cut(value: str) -> str:
    if len(value) <= _LONGEST_VALUE:
        return value
    return f"{value[:_LONGEST_VALUE]}… cut; {len(value):,} characters in all"


def _content(content: str) -> Markup:
    return Markup("\n\n") + safe(body(content)) if content else Markup("")


def arrived(call: Call, arrival: Arrival) -> Markup:
    """Draw what a service saw, with every difference from what was sent on a marked line."""
    target = Markup("<b>{}</b> {}").format(safe(arrival.method), safe(arrival.path))
    if (arrival.method, arrival.path) != (call.method, call.path):
        target = _changed(target, f"{call.method} {call.path}")
    drawn = [target, *map(_line, differences.headers(call, arrival))]
    drawn += [_header(*pair) for pair in arrival.trailers]
    text = Markup("\n").join(drawn)
    if arrival.body == call.request_body:
        same = "the body arrived as it was sent" if arrival.body else ""
        return text + (Markup("\n\n<s>{}</s>").format(same) if same else Markup(""))
    return (
        text
        + Markup("\n\n<ins>~ another body than the one that was sent</ins>")
        + _content(arrival.body or "(empty)")
    )


def unmarked(arrival: Arrival) -> Markup:
    """Draw an arrival that no call can be laid beside."""
    first = Markup("<b>{}</b> {}").format(safe(arrival.method), safe(arrival.path))
    return _message(first, arrival.headers, arrival.body)


def _line(line: differences.Line) -> Markup:
    header = _header(line.name, line.value)
    if line.mark == "-":
        return Markup("<del>- {}</del>").format(header)
    if line.mark == "+":
        return Markup("<ins>+ {}</ins>").format(header)
    return _changed(header, line.was) if line.mark == "~" else header


def _changed(now: Markup, was: str) -> Markup:
    return Markup("<ins>~ {} <s>← {}</s></ins>").format(now, safe(_cut(was)))


def fields(event: Mapping[str, Any]) -> Markup:
    """Draw an analytics event, a field a line."""
    lines = (
        Markup("<i>{}</i> {}").format(safe(name), safe(_value(value)))
        for name, value in event.items()
    )
    return Markup("\n").join(lines)


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def log(line: LogLine) -> Markup:
    rest = " ".join(
        f"{name}={_value(value)}"
        for name, value in line.line.items()
        if name not in ("at", "level", "message", "transaction") and value is not None
    )
    words = " ".join(filter(None, (line.level, line.message, rest)))
    return Markup("<b>{}</b> {}").format(safe(line.part), safe(_cut(words)))
