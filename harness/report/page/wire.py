"""Draws HTTP messages as the page shows them: one `pre`, header names set apart, differences marked.

These pieces occur thousands of times, and a template would take seconds for them: they are put
together here from plain text. Every value goes through `safe` on its way in, and only whole
pieces become `Markup`.
"""

import html
import json
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from harness.report.page import differences
from harness.report.page.text import body, visible
from harness.report.run import Arrival, Call, LogLine, Pairs

_LONGEST_VALUE = 2000


def safe(value: object) -> str:
    """Make any value fit to stand in a page."""
    return html.escape(visible(str(value)))


def request(call: Call) -> Markup:
    return _message(_target(call), call.request_headers, call.request_body)


def response(call: Call) -> Markup:
    if call.unknown:
        return Markup(f"<b>no answer</b> {safe(call.error)}")
    return _message(f"<b>{safe(call.status)}</b>", call.headers, call.body)


def _target(sent: Call | Arrival) -> str:
    return f"<b>{safe(sent.method)}</b> {safe(_cut(sent.path))}"


def _message(first: str, headers: Pairs, content: str) -> Markup:
    lines = "\n".join([first, *(_header(name, value) for name, value in headers)])
    return Markup(lines + _content(content))


def _header(name: str, value: str) -> str:
    return f"<i>{safe(name)}:</i> {safe(_cut(value))}"


def _cut(value: str) -> str:
    if len(value) <= _LONGEST_VALUE:
        return value
    return f"{value[:_LONGEST_VALUE]}… cut; {len(value):,} characters in all"


def _content(content: str) -> str:
    return f"\n\n{safe(body(content))}" if content else ""


def arrived(call: Call, arrival: Arrival) -> Markup:
    """Draw what a service saw, with every difference from what was sent on a marked line."""
    target = _target(arrival)
    if (arrival.method, arrival.path) != (call.method, call.path):
        target = _changed(target, f"{call.method} {call.path}")
    drawn = [target, *map(_line, differences.headers(call, arrival))]
    drawn += [_header(*pair) for pair in arrival.trailers]
    return Markup("\n".join(drawn) + _arrived_body(call, arrival))


def _arrived_body(call: Call, arrival: Arrival) -> str:
    if arrival.body != call.request_body:
        mark = "\n\n<ins>~ another body than the one that was sent</ins>"
        return mark + _content(arrival.body or "(empty)")
    return "\n\n<s>the body arrived as it was sent</s>" if arrival.body else ""


def unmarked(arrival: Arrival) -> Markup:
    """Draw an arrival that no call can be laid beside."""
    return _message(_target(arrival), arrival.headers, arrival.body)


def _line(line: differences.Line) -> str:
    header = _header(line.name, line.value)
    if line.mark == "-":
        return f"<del>- {header}</del>"
    if line.mark == "+":
        return f"<ins>+ {header}</ins>"
    return _changed(header, line.was) if line.mark == "~" else header


def _changed(now: str, was: str) -> str:
    return f"<ins>~ {now} <s>← {safe(_cut(was))}</s></ins>"


def fields(event: Mapping[str, Any]) -> Markup:
    """Draw an analytics event, a field a line."""
    lines = (f"<i>{safe(name)}</i> {safe(_cut(_value(value)))}" for name, value in event.items())
    return Markup("\n".join(lines))


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def log(line: LogLine) -> Markup:
    rest = " ".join(
        f"{name}={_value(value)}"
        for name, value in line.line.items()
        if name not in ("at", "level", "message", "transaction") and value is not None
    )
    words = " ".join(filter(None, (line.level, line.message, rest)))
    return Markup(f"<b>{safe(line.part)}</b> {safe(_cut(words))}")
