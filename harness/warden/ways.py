"""The ways by which a document gets to a gateway: through its Cloud Gate, or through its admin port."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from harness.warden.web import Web


class NotServed(Exception):
    """A gate or a replica did not do what a publication asks of it."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What came of handing in a document. Shape: errors are {pointer, message}."""

    version: int = 0
    errors: list[dict[str, str]] = field(default_factory=list)


class Way(Protocol):
    """`name` is whom a document is handed to, `where` its address."""

    @property
    def name(self) -> str: ...

    @property
    def where(self) -> str: ...

    async def running(self) -> Mapping[str, Any]:
        """Return the document that is there now; secrets in it may be masked.

        Errors: NotServed.
        """

    async def hand_in(self, document: Mapping[str, Any]) -> Handed:
        """Errors: NotServed, when it could not even be judged."""


@dataclass(frozen=True, slots=True)
class ThroughGate:
    """Hands in at a Cloud Gate's management port; the gateways of the region fetch it."""

    web: Web
    name: str
    where: str
    environment: str
    token: str = field(repr=False)

    @property
    def _url(self) -> str:
        return f"{self.where}/environments/{self.environment}/document"

    async def running(self) -> Mapping[str, Any]:
        status, body = await ask(self.web, self.name, "GET", self._url, token=self.token)
        if status == 404:
            return {}
        if status != 200:
            raise NotServed(f"{self.name} did not show its document: {in_words(status, body)}")
        found: Mapping[str, Any] = body["document"]
        return found

    async def hand_in(self, document: Mapping[str, Any]) -> Handed:
        status, body = await ask(
            self.web, self.name, "PUT", self._url, token=self.token, json=document
        )
        if status != 201:
            raise NotServed(f"{self.name} refused a document with {status}: {body}")
        return Handed(int(body["version"]))


@dataclass(frozen=True, slots=True)
class ThroughAdmin:
    """Posts to the admin port of one replica that takes its documents there."""

    web: Web
    name: str
    where: str
    token: str = field(default="", repr=False)

    async def running(self) -> Mapping[str, Any]:
        status, body = await ask(
            self.web, self.name, "GET", f"{self.where}/config", token=self.token
        )
        if status != 200 or not isinstance(body, dict):
            raise NotServed(f"{self.name} did not show its document: {in_words(status, body)}")
        return body

    async def hand_in(self, document: Mapping[str, Any]) -> Handed:
        status, body = await ask(
            self.web, self.name, "POST", f"{self.where}/config", token=self.token, json=document
        )
        if status == 304:  # it serves exactly this
            return Handed()
        if status == 201:
            return Handed(int(body["version"]))
        if status == 400:
            return Handed(errors=body.get("errors") or [{"pointer": "", "message": str(body)}])
        raise NotServed(f"{self.name} took no document: {in_words(status, body)}")


@dataclass(frozen=True, slots=True)
class Nowhere:
    """Publishes nothing, where we may only look."""

    name: str = "nobody"
    where: str = ""

    async def running(self) -> Mapping[str, Any]:
        return {}

    async def hand_in(self, document: Mapping[str, Any]) -> Handed:
        return Handed()


async def ask(
    web: Web, name: str, method: str, url: str, *, token: str = "", **options: Any
) -> tuple[int, Any]:
    """Ask, and say in one line when there is no answer, or one that is no JSON.

    Errors: NotServed.
    """
    from httpx import HTTPError

    try:
        return await web.ask(method, url, token=token, **options)
    except HTTPError as error:
        why = str(error) or type(error).__name__
        raise NotServed(f"{name} does not answer at {url}: {why}") from None
    except ValueError:
        raise NotServed(f"{name} answers {method} {url}, but not with JSON") from None


_REMEDY = {
    401: "it wants a bearer token, or another one; name its file under [secrets]",
    403: "it does not answer to this address; add it to the names that it answers to",
    404: "there is no such thing there; is it the right port?",
    405: "it is fed by a Cloud Gate; give the gate's management address",
}


def in_words(status: int, body: Any) -> str:
    """Say what an unwelcome answer means."""
    message = body.get("message", body) if isinstance(body, dict) else body
    remedy = _REMEDY.get(status)
    return f"{status} {message}" + (f"; {remedy}" if remedy else "")
