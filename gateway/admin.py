"""The admin port: read-only JSON for people and harnesses on this machine."""

import json
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qs, unquote

from gateway.document.entities import Consumer, Credential, Snapshot
from gateway.http.messages import Request
from gateway.http.reply import Reply
from gateway.publication import Publication
from gateway.refusals import BY_CODE

LONGEST_WAIT_S = 30.0
NOT_READY = "no configuration available (empty configuration present)"


class Admin:
    """Answers the admin port's requests."""

    def __init__(
        self, publication: Publication, status: Callable[[], dict[str, Any]], host: str
    ) -> None:
        self._publication = publication
        self._status = status
        self._host = host

    async def __call__(self, request: Request, reply: Reply) -> None:
        status, answer = await self._answer(request)
        headers = [(b"Content-Type", b"application/json; charset=utf-8")]
        if status == 405:
            headers.append((b"Allow", b"GET, HEAD"))
        reply.send(status, headers, json.dumps(answer, separators=(",", ":")).encode())

    async def _answer(self, request: Request) -> tuple[int, Any]:
        if request.flaw is not None:
            refusal = BY_CODE[request.flaw]
            return refusal.status, {"message": refusal.message}
        if not self._is_local(request):
            return 403, {"message": "Forbidden: the admin port answers to its own address only"}
        if b"origin" in request.first:
            return 403, {"message": "Forbidden: the admin port does not answer to web pages"}
        path, _, query = request.target.decode("latin-1").partition("?")
        segments = [unquote(part) for part in path.strip("/").split("/")]
        answer = self._resource(segments)
        if answer is None:
            return 404, {"message": "Not found"}
        if request.method not in ("GET", "HEAD"):
            return 405, {"message": "Method not allowed"}
        if segments == ["status"]:
            await self._wait(parse_qs(query))
            return 200, self._status()
        return answer

    def _is_local(self, request: Request) -> bool:
        """A page on the web can make a browser call a loopback port, but not with this Host."""
        value = request.first.get(b"host", b"").decode("latin-1")
        host, _, port = value.rpartition(":")
        host = (host if port.isdigit() else value).removeprefix("[").removesuffix("]").lower()
        if host in ("localhost", self._host):
            return True
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return False

    def _resource(self, segments: list[str]) -> tuple[int, Any] | None:
        match segments:
            case ["status"]:
                return 200, None
            case ["status", "ready"]:
                ready = self._publication.pipeline is not None
                return (200, {"message": "ready"}) if ready else (503, {"message": NOT_READY})
            case ["consumers"]:
                return 200, listing([consumer_json(found) for found in self._snapshot().consumers])
            case ["consumers", name]:
                consumer = self._consumer(name)
                return None if consumer is None else (200, consumer_json(consumer))
            case ["consumers", name, "jwt"]:
                consumer = self._consumer(name)
                if consumer is None:
                    return None
                return 200, listing([credential_json(consumer, it) for it in consumer.jwt_secrets])
        return None

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

    def _consumer(self, name: str) -> Consumer | None:
        for consumer in self._snapshot().consumers:
            if name in (consumer.username, consumer.id):
                return consumer
        return None


def listing(data: list[Any]) -> dict[str, Any]:
    return {"data": data, "next": None}


def consumer_json(consumer: Consumer) -> dict[str, Any]:
    return {
        "id": consumer.id,
        "username": consumer.username,
        "custom_id": consumer.custom_id,
        "tags": consumer.tags,
        "created_at": consumer.created_at,
    }


def credential_json(consumer: Consumer, credential: Credential) -> dict[str, Any]:
    return {
        "id": credential.id,
        "consumer": {"id": consumer.id},
        "key": credential.key,
        "secret": credential.secret,
        "algorithm": credential.algorithm,
        "rsa_public_key": credential.rsa_public_key,
        "tags": credential.tags,
        "created_at": credential.created_at,
    }
