"""Reports: from the bytes of a POST to checked events. Pure.

Source: NDJSON, one JSON object per line; the token, never the client, names account and index.
"""

import json
import zlib
from dataclasses import dataclass
from typing import Any

from services.cloud_gate.tokens import CloudToken
from services.strict_json import parse, render

MAX_BYTES = 5 * 1024 * 1024
# Kafka takes no message above 1,000,000 bytes; the rest is room for key and headers.
MAX_EVENT_BYTES = 950_000


@dataclass(frozen=True, slots=True)
class BadReports:
    """Why a whole batch is refused."""

    status: int
    code: str
    message: str


def decoded(body: bytes, encoding: str | None) -> bytes | BadReports:
    """The body without its Content-Encoding, at most 5 MiB of it."""
    if encoding is None or encoding.strip().lower() in ("", "identity"):
        return body if len(body) <= MAX_BYTES else _TOO_LARGE
    if encoding.strip().lower() not in ("gzip", "x-gzip"):
        return BadReports(415, "bad-encoding", f'Content-Encoding "{encoding}" is not gzip')
    return _unzipped(body)


def _unzipped(body: bytes) -> bytes | BadReports:
    text, rest = b"", body
    while rest:  # a gzip file may have several members
        stream = zlib.decompressobj(wbits=31)
        try:
            text += stream.decompress(rest, MAX_BYTES + 1 - len(text))
        except zlib.error:
            return _NOT_GZIP
        if len(text) > MAX_BYTES:
            return _TOO_LARGE
        if not stream.eof:
            return _NOT_GZIP
        rest = stream.unused_data
    return text


def read_events(body: bytes, token: CloudToken) -> list[bytes] | BadReports:
    """The events as they go to Kafka; one bad line refuses the whole batch and is named."""
    events = []
    for number, line in enumerate(body.split(b"\n"), 1):
        if not line.strip():
            continue
        event = _event(line, number, token)
        if isinstance(event, BadReports):
            return event
        text = render(event)
        if len(text) > MAX_EVENT_BYTES:
            message = f"line {number}: an event has at most {MAX_EVENT_BYTES} bytes"
            return BadReports(413, "too-large", message)
        events.append(text)
    return events


def _event(line: bytes, number: int, token: CloudToken) -> dict[str, Any] | BadReports:
    try:
        event = parse(line)
    except ValueError:
        return _bad_line(number, "not JSON")
    if not isinstance(event, dict):
        return _bad_line(number, "not a JSON object")
    if not isinstance(event.get("_id"), str) or not event["_id"]:
        return _bad_line(number, '"_id" must be a text')
    environment = event.get("env-id")
    if environment is None and len(token.environments) == 1:
        environment = token.environments[0]
    if environment is None:
        return _bad_line(number, '"env-id" is missing and the token names several environments')
    if environment not in token.environments:
        message = f'line {number}: the token is not for "env-id" {json.dumps(environment)}'
        return BadReports(403, "wrong-environment", message)
    return {**event, "org-id": token.account, "env-id": environment}


def _bad_line(number: int, what: str) -> BadReports:
    return BadReports(400, "bad-event", f"line {number}: {what}; nothing of this batch was taken")


_TOO_LARGE = BadReports(413, "too-large", f"more than {MAX_BYTES} bytes; send smaller batches")
_NOT_GZIP = BadReports(400, "bad-encoding", "Content-Encoding says gzip, the body is not")
