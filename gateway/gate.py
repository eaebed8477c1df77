"""How the gateway talks to its Cloud Gate: a URL, the Cloud Token as bearer, our own client."""

import ssl
from pathlib import Path
from urllib.parse import urlsplit

from gateway.http.client import Client, Endpoint, request_head
from gateway.http.headers import Headers
from gateway.http.messages import Answer

CONNECT_TIMEOUT_S = 5.0


class Gate:
    """One address at the gate, with what every request to it carries."""

    def __init__(self, client: Client, url: str, token: str, ca: Path | None) -> None:
        split = urlsplit(url)
        tls = None
        if split.scheme == "https":
            tls = ssl.create_default_context(cafile=str(ca) if ca else None)
        self._client = client
        self._endpoint = Endpoint(
            split.hostname or "", split.port or (443 if split.scheme == "https" else 80), tls
        )
        self._path = split.path
        self._headers: Headers = [
            (b"Host", self._endpoint.authority.encode()),
            (b"Authorization", b"Bearer " + token.encode()),
        ]

    async def get(self, path: str, headers: Headers, read_timeout_s: float) -> Answer:
        return await self._ask(b"GET", path, headers, b"", read_timeout_s)

    async def post(
        self, path: str, headers: Headers, content: bytes, read_timeout_s: float
    ) -> Answer:
        length = [(b"Content-Length", b"%d" % len(content))]
        return await self._ask(b"POST", path, headers + length, content, read_timeout_s)

    async def _ask(
        self, method: bytes, path: str, headers: Headers, content: bytes, read_timeout_s: float
    ) -> Answer:
        target = ((self._path + path) or "/").encode()
        return await self._client.ask(
            self._endpoint,
            request_head(method, target, self._headers + headers) + content,
            connect_timeout_s=CONNECT_TIMEOUT_S,
            read_timeout_s=read_timeout_s,
        )


def complaint(answer: Answer) -> str:
    """What the gate said, in one line."""
    return f"the gate answered {answer.status}: {answer.body[:200].decode('utf-8', 'replace')}"
