"""From a request and a script to the bytes of an answer. Pure."""

import json
import re
from dataclasses import dataclass
from http import HTTPStatus

from services.upstream.scripts import Script

NO_BODY = (204, 304)
INVOCATION = re.compile(r"/2015-03-31/functions/([^/]+)/invocations")


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came over the wire."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    keep_alive: bool
    trailers: tuple[tuple[str, str], ...] = ()
    head: str | None = None

    @property
    def function(self) -> str | None:
        """The function that is invoked, where the request is one of the Lambda Invoke API."""
        found = INVOCATION.fullmatch(self.target.partition("?")[0])
        return found[1] if found else None

    @property
    def script_name(self) -> str:
        """The function's name, else the first segment of the path."""
        return self.function or self.target.partition("?")[0].strip("/").partition("/")[0]


def answer(request: Request, script: Script) -> bytes:
    """The whole answer: head and body, framed so that the connection can be kept; or raw bytes."""
    if script.raw is not None:
        return script.raw
    content_type, body = _content(request, script)
    headers = {"Content-Type": content_type} if content_type else {}
    named = {name.lower() for name in script.headers}
    headers = {name: value for name, value in headers.items() if name.lower() not in named}
    headers |= script.headers
    if script.chunked:
        headers["Transfer-Encoding"] = "chunked"
        body = _chunked(body, script)
    elif script.status not in NO_BODY:
        headers["Content-Length"] = str(len(body))
    if not request.keep_alive:
        headers["Connection"] = "close"
    head = _lines([_status_line(script.status), *_fields(headers)])
    return head if request.method == "HEAD" or script.status in NO_BODY else head + body


def _chunked(body: bytes, script: Script) -> bytes:
    """The body in chunks of the script's pieces, and its trailers."""
    size = script.piece_bytes or max(1, len(body))
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
    return chunks + _lines(["0", *_fields(script.trailers)])


def _fields(headers: dict[str, str]) -> list[str]:
    return [f"{name}: {value}" for name, value in headers.items()]


def _lines(lines: list[str]) -> bytes:
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _content(request: Request, script: Script) -> tuple[str, bytes]:
    if isinstance(script.body, str):
        return "text/plain; charset=utf-8", script.body.encode("utf-8", "replace")
    shown = echo(request) if script.body is None else script.body
    return "application/json", json.dumps(shown, ensure_ascii=True).encode()


def echo(request: Request) -> dict[str, object]:
    """What arrived, nothing stripped, order kept."""
    return {
        "method": request.method,
        "path": request.target,
        "headers": [list(header) for header in request.headers],
        "body": request.body.decode("utf-8", "replace"),
    }


def _status_line(status: int) -> str:
    try:
        return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP/1.1 {status} "
