"""Reads image references as Docker does: registry, repository, tag, digest. Pure."""

import re
from dataclasses import dataclass, replace

DOCKER_HUB = "docker.io"
_OFFICIAL = "library/"
_LONGEST_NAME = 255

_COMPONENT = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*")
_HOST = re.compile(
    r"(?:\[[0-9a-fA-F:]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*)(?::(?P<port>[0-9]+))?"
)
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class BadReference(Exception):
    """The text names the reference, what is wrong with it, and how it has to look."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Shape: repository includes `library/` where Docker Hub implies it; "" is none."""

    registry: str
    repository: str
    tag: str = ""
    digest: str = ""

    @property
    def name(self) -> str:
        """Return the short name, as Docker lists it: without what Docker Hub implies."""
        if self.registry == DOCKER_HUB:
            return self.repository.removeprefix(_OFFICIAL)
        return f"{self.registry}/{self.repository}"

    @property
    def tagged(self) -> str:
        """Return the name with its tag, without a digest."""
        return f"{self.name}:{self.tag}" if self.tag else self.name

    def __str__(self) -> str:
        return f"{self.tagged}@{self.digest}" if self.digest else self.tagged

    def with_digest(self, digest: str) -> "Reference":
        return replace(self, digest=digest)


def parse(text: str) -> Reference:
    """Read a reference that names exactly one thing: with a tag or a digest, and never `latest`.

    Errors: BadReference.
    """
    if not text or text != text.strip() or re.search(r"\s", text):
        raise _bad(text, "is empty or has spaces in it")
    if "://" in text:
        raise _bad(text, "is a URL; leave the scheme out")
    rest, at, digest = text.partition("@")
    if at and not _DIGEST.fullmatch(digest):
        raise _bad(text, "has a digest that is not sha256: and 64 hexadecimal digits")
    path, tag = _without_tag(text, rest)
    registry, repository = _split(text, path)
    for component in repository.split("/"):
        if not _COMPONENT.fullmatch(component):
            raise _bad(
                text, f"has {component!r} in its path; small letters, digits, . _ - are allowed"
            )
    if len(f"{registry}/{repository}") > _LONGEST_NAME:
        raise _bad(text, f"is longer than {_LONGEST_NAME} characters")
    if tag == "latest" or not (tag or digest):
        raise _bad(text, "means `latest`, which is another image tomorrow; name a version")
    return Reference(registry, repository, tag, digest)


def _without_tag(text: str, rest: str) -> tuple[str, str]:
    """A colon after the last slash begins the tag, one before it a port."""
    head, slash, last = rest.rpartition("/")
    name, colon, tag = last.partition(":")
    if colon and not _TAG.fullmatch(tag):
        raise _bad(text, f"has {tag!r} for a tag; up to 128 letters, digits, . _ - are allowed")
    return f"{head}{slash}{name}", tag


def _split(text: str, path: str) -> tuple[str, str]:
    """The part before the first slash is a registry if it looks like a host, as Docker has it."""
    first, slash, rest = path.partition("/")
    if not slash or not ("." in first or ":" in first or first == "localhost"):
        return DOCKER_HUB, path if slash else f"{_OFFICIAL}{path}"
    found = _HOST.fullmatch(first)
    if found is None:
        raise _bad(text, f"has {first!r} for a registry; it has to be HOST or HOST:PORT")
    if found["port"] and not 0 < int(found["port"]) < 65536:
        raise _bad(text, f"has the port {found['port']}, which is none")
    registry = DOCKER_HUB if first in ("docker.io", "index.docker.io") else first
    if registry == DOCKER_HUB and "/" not in rest:
        rest = f"{_OFFICIAL}{rest}"
    return registry, rest


def _bad(text: str, why: str) -> BadReference:
    return BadReference(
        f"image reference {text[:120]!r} {why}; write it as [REGISTRY[:PORT]/]NAME:TAG[@sha256:…]"
    )
