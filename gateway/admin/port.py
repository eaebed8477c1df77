"""The admin port: questions in, JSON out; on a gateway without a Cloud Gate also a new document."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

import msgspec

from gateway.admin import entities
from gateway.admin.access import Denied, Door, document_format
from gateway.document.arriving import arrived_json, arrived_yaml
from gateway.document.entities import Snapshot
from gateway.document.fields import Problem
from gateway.document.loading import Unreadable
from gateway.exposition import CONTENT_TYPE
from gateway.http.body import BodyBroken
from gateway.http.headers import Headers
from gateway.http.messages import Request
from gateway.http.reply import Reply
from gateway.masking import masked
from gateway.publication import Publication
from gateway.refusals import BY_CODE

LONGEST_WAIT_S = 30.0
LONGEST_DOCUMENT_BYTES = 16 * 1024 * 1024
NOT_READY = "no configuration available (empty configuration present)"
JSON = b"application/json; charset=utf-8"
SENT = Path("the request")

Replace = Callable[[Any], Awaitable[list[Problem] | None]]


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: what it says as JSON, or as text where it is bytes already."""

    status: int
    body: Any
    headers: tuple[tuple[bytes, bytes], ...] = ()
    content_type: bytes = JSON


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the answers come from. `replace` is None where documents come from a Cloud Gate."""

    publication: Publication
    status: Callable[[], dict[str, Any]]
    metrics: Callable[[], str]
    draining: Callable[[], bool]
    replace: Replace | None


NOT_FOUND = Said(404, {"message": "Not found"})


class Admin:
    """Answers the admin port's requests."""

    def __init__(self, door: Door, sources: Sources) -> None:
        self._door = door
        self._sources = sources
        self._publication = sources.publication

    async def __call__(self, request: Request, reply: Reply) -> None:
        said = await self._said(request)
        headers: Headers = [(b"Cache-Control", b"no-store"), *said.headers]
        if said.status == 304:
            reply.send(304, headers, b"")
            return
        content = said.body if isinstance(said.body, bytes) else msgspec.json.encode(said.body)
        reply.send(said.status, [(b"Content-Type", said.content_type), *headers], content)

    async def _said(self, request: Request) -> Said:
        if request.flaw is not None:
            return refused(request.flaw)
        denial = self._door.denial(request)
        if denial is not None:
            return denied(denial)
        path, _, query = request.target.decode("latin-1").partition("?")
        segments = [unquote(part) for part in path.strip("/").split("/")]
        allowed = self._methods(segments)
        if allowed is None:
            return NOT_FOUND
        if request.method not in allowed:
            return self._not_allowed(allowed)
        if request.method == "POST":
            return await self._posted(request)
        return await self._shown(segments, parse_qs(query))

    def _methods(self, segments: list[str]) -> tuple[str, ...] | None:
        """The methods of a path; None when there is no such path."""
        match segments:
            case ["config"] if self._sources.replace is not None:
                return ("GET", "HEAD", "POST")
            case ["config"] | ["status"] | ["status", "ready"] | ["metrics"]:
                return ("GET", "HEAD")
        known = entities.collection(self._snapshot(), segments)
        return None if known is None else ("GET", "HEAD")

    def _not_allowed(self, allowed: tuple[str, ...]) -> Said:
        allow = (b"Allow", ", ".join(allowed).encode())
        return Said(405, {"message": "Method not allowed"}, (allow,))

    # -- questions

    async def _shown(self, segments: list[str], query: dict[str, list[str]]) -> Said:
        match segments:
            case ["status"]:
                await self._wait(query)
                return Said(200, self._sources.status())
            case ["status", "ready"]:
                return self._ready()
            case ["metrics"]:
                text = self._sources.metrics().encode()
                return Said(200, text, content_type=CONTENT_TYPE.encode())
            case ["config"]:
                return self._config()
        return Said(200, entities.collection(self._snapshot(), segments))

    def _ready(self) -> Said:
        if self._sources.draining():
            return Said(503, {"message": "draining"})
        if self._publication.pipeline is None:
            return Said(503, {"message": NOT_READY})
        return Said(200, {"message": "ready"})

    def _config(self) -> Said:
        served = self._publication.served
        document = {} if served is None else msgspec.json.decode(served.document)
        return Said(200, masked(document))

    async def _wait(self, query: dict[str, list[str]]) -> None:
        try:
            version = int(query["wait_version"][0])
            wait_s = float(query.get("wait_s", ["0"])[0])
        except (KeyError, ValueError):
            return
        await self._publication.settle(version, min(max(wait_s, 0.0), LONGEST_WAIT_S))

    def _snapshot(self) -> Snapshot:
        pipeline = self._publication.pipeline
        return pipeline.snapshot if pipeline is not None else Snapshot()

    # -- a new document

    async def _posted(self, request: Request) -> Said:
        kind = document_format(request.first.get(b"content-type"))
        if kind is None:
            return Said(415, {"message": "Unsupported media type: send JSON or YAML"})
        try:
            content = await request.body.read_all(LONGEST_DOCUMENT_BYTES)
        except BodyBroken as broken:
            return refused(broken.flaw)
        if content is None:
            return refused("body-too-large")
        try:
            document = await read_document(content, kind)
        except Unreadable as error:
            return self._bad([Problem("", str(error).removeprefix(f"{SENT}: "))])
        assert self._sources.replace is not None, "POST is not allowed where it cannot be"
        problems = await self._sources.replace(document)
        if problems is None:
            return Said(304, None)
        return self._bad(problems) if problems else self._accepted()

    def _bad(self, problems: list[Problem]) -> Said:
        serving = self._publication.version
        still = f"still serving version {serving}" if serving else "serving nothing yet"
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        body = {
            "code": 14,
            "name": "invalid declarative configuration",
            "message": f"document refused: {count}; {still}",
            "errors": [{"pointer": it.pointer, "message": it.message} for it in problems],
        }
        return Said(400, body)

    def _accepted(self) -> Said:
        snapshot = self._snapshot()
        kinds = ("services", "routes", "consumers", "plugins")
        counts = {kind: len(getattr(snapshot, kind)) for kind in kinds}
        version = {"version": self._publication.version}
        return Said(201, {**version, "document_hash": self._publication.document_hash, **counts})


async def read_document(content: bytes, kind: str) -> Any:
    """The document in a request; also in Kong's form `{"config": "…"}`. Errors: Unreadable."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8 at byte {error.start}") from error
    document = await (arrived_json if kind == "json" else arrived_yaml)(text, SENT)
    match document:
        case {"config": str() as inner, **rest} if not rest:
            return await arrived_yaml(inner, SENT)
    return document


def refused(flaw: str) -> Said:
    refusal = BY_CODE[flaw] if flaw in BY_CODE else BY_CODE["bad-request"]
    return Said(refusal.status, {"message": refusal.message})


def denied(denial: Denied) -> Said:
    return Said(denial.status, {"message": denial.message}, denial.headers)
