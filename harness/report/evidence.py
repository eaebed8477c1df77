"""Draws the pieces of evidence from records: one function for each kind, none of which raises."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from harness import by_hand
from harness.report import lines
from harness.report.lines import Record
from harness.report.run import (
    BREAKING,
    Arrival,
    Call,
    Event,
    Fault,
    LogLine,
    OpenedRig,
    Publication,
    Step,
)

LEDGER_KEEPS = 4096
"""Bytes of a body that the ledger of a service keeps."""


def call(record: Record) -> Call:
    url = lines.text(record, "url")
    headers = lines.pairs(record, "request_headers")
    method = lines.text(record, "method")
    sent, got = lines.text(record, "request_body"), lines.text(record, "body")
    return Call(
        scenario=lines.text(record, "scenario"),
        rig=lines.text(record, "rig"),
        step=lines.text(record, "step"),
        marker=lines.text(record, "marker"),
        replica=lines.text(record, "replica"),
        method=method,
        url=url,
        path=_target(sent) if method == by_hand.RAW else _path(url),
        host=lines.text(record, "host"),
        request_headers=headers,
        request_body=sent,
        request_body_size=lines.whole(record, "request_body_size") or len(sent),
        intended=lines.number(record, "intended"),
        started=lines.number(record, "started"),
        ended=lines.number(record, "ended"),
        status=lines.whole(record, "status"),
        headers=lines.pairs(record, "headers"),
        body=got,
        body_size=lines.whole(record, "body_size") or len(got),
        error=lines.text(record, "error"),
        curl=_by_hand(method, url, headers, sent),
    )


def _by_hand(method: str, url: str, headers: lines.Pairs, sent: str) -> str:
    try:
        return by_hand.line(method, url, headers, sent)
    except ValueError:  # of an address that is none
        return ""


def _target(sent: str) -> str:
    """Return the target of bytes that look like a request."""
    words = sent.split("\r\n", 1)[0].split(" ")
    return words[1] if len(words) > 1 else ""


def _path(url: str) -> str:
    try:
        pieces = urlsplit(url)
    except ValueError:
        return url
    return (pieces.path or "/") + (f"?{pieces.query}" if pieces.query else "")


def arrival(record: Record) -> Arrival:
    body = lines.text(record, "body")
    size = lines.whole(record, "body_bytes") or len(body)
    return Arrival(
        rig=lines.text(record, "rig"),
        service=lines.text(record, "service"),
        at=lines.number(record, "at"),
        method=lines.text(record, "method"),
        path=lines.text(record, "path"),
        headers=lines.pairs(record, "headers"),
        marker=lines.text(record, "marker"),
        function=lines.text(record, "function"),
        body=body,
        body_size=size,
        body_cut=size > LEDGER_KEEPS or bool(lines.yes_or_no(record, "body_cut")),
        status=lines.whole(record, "status"),
        seq=lines.whole(record, "seq"),
        trailers=lines.pairs(record, "trailers"),
        head=lines.text(record, "head"),
    )


def event(record: Record) -> Event:
    fields = lines.inner(record, "event")
    return Event(
        rig=lines.text(record, "rig"),
        marker=lines.text(fields, "transaction-id"),
        at=lines.number(record, "at"),
        fields=fields,
    )


def log_line(record: Record) -> LogLine:
    line = lines.inner(record, "line")
    at = lines.number(line, "at")
    return LogLine(
        rig=lines.text(record, "rig"),
        part=lines.text(record, "part"),
        marker=lines.text(record, "marker"),
        at=at if at is not None else lines.number(record, "at"),
        level=lines.text(line, "level"),
        message=lines.text(line, "message"),
        line=line,
    )


def fault(record: Record) -> Fault:
    return Fault(
        rig=lines.text(record, "rig"),
        at=lines.number(record, "at"),
        action=lines.text(record, "action"),
        target=lines.text(record, "target"),
        bites=lines.yes_or_no(record, "bites"),
    )


def healed(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Give every fault the time at which it was healed, where it was.

    A part that was told to pause and then killed is healed by its start.
    """
    in_order = list(faults)
    for place, one in enumerate(in_order):
        if one.breaks:
            remedies = {BREAKING[one.action], "start"}
            until = next(
                (
                    later.at
                    for later in in_order[place + 1 :]
                    if (later.rig, later.target) == (one.rig, one.target)
                    and later.action in remedies
                ),
                None,
            )
            in_order[place] = replace(one, until=until)
    return tuple(in_order)


def publication(record: Record) -> Publication:
    document = record.get("document")
    return Publication(
        rig=lines.text(record, "rig"),
        began=lines.number(record, "began"),
        at=lines.number(record, "at"),
        versions=lines.inner(record, "versions"),
        refused=lines.inner(record, "refused"),
        document=document if isinstance(document, dict) else None,
    )


def opened(record: Record, closed: Mapping[str, float | None]) -> OpenedRig:
    rig = lines.text(record, "rig")
    path = tuple(
        (lines.text(one, "part"), lines.number(one, "took_s") or 0.0)
        for one in lines.records(record, "critical_path")
    )
    return OpenedRig(
        rig=rig,
        at=lines.number(record, "at"),
        closed=closed.get(rig),
        parts=lines.texts(record, "parts"),
        took_s=lines.number(record, "took_s"),
        cpu_s=lines.number(record, "cpu_s"),
        critical_path=path,
    )


def written_step(record: Record) -> Step:
    """Draw a step as the specification has it."""
    rows = (row for row in lines.several(record, "table") if isinstance(row, list))
    return Step(
        keyword=lines.text(record, "keyword").strip(),
        text=lines.text(record, "text"),
        table=tuple(tuple(lines.clean(str(cell)) for cell in row) for row in rows),
        docstring=lines.text(record, "docstring"),
    )


def seen_step(record: Record) -> Step:
    """Draw a step as it went."""
    return replace(
        written_step(record),
        passed=lines.yes_or_no(record, "passed"),
        began=lines.number(record, "began"),
        took_s=lines.number(record, "took_s"),
    )


def waits(value: Any) -> tuple[tuple[str, float], ...]:
    """Draw waits from pairs, or from an object of seconds by reason."""
    found = value.items() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return tuple(
        (str(one[0]), float(one[1]))
        for one in found
        if isinstance(one, list | tuple) and len(one) == 2 and isinstance(one[1], int | float)
    )
