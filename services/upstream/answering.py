"""From a request and a script to the bytes of an answer. Pure."""

import json
from dataclasses import dataclass
from http import HTTPStatus

from services.upstream.scripts import Script

NO_BODY = (204, 304)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came over the wire."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    keep_alive: bool

    @property
    def script_name(self) -> str:
        """The first segment of the path."""
        return self.target.partition("?")[0].strip("/").partition("/")[0]


def answer(request: Request, script: Script) -> bytes:
    """The whole answer: head and body, with a length, so that the connection can be kept."""
    content_type, body = _content(request, script)
    headers = {"Content-Type": content_type} if content_type else {}
    named = {name.lower() for name in script.headers}
    headers = {name: value for name, value in headers.items() if name.lower() not in named}
    headers |= script.headers
    if script.status not in NO_BODY:
        headers["Content-Length"] = str(len(body))
    if not request.keep_alive:
        headers["Connection"] = "close"
    lines = [_status_line(script.status), *(f"{name}: {value}" for name, value in headers.items())]
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    return head if request.method == "HEAD" or script.status in NO_BODY else head + body


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
