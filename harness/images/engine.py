"""Docker's engine behind one small class: everything we do with images, and nothing else.

The SDK has no types; whatever it answers is turned into ours here.
"""

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any

import docker
import docker.errors
import requests

from harness.images import hops

_ANSWER_S = 60
_BUILD_S = 900


class NoEngine(Exception):
    """Docker's engine does not do what was asked; the text says what, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Held:
    """An image that the engine has. Shape: digests are those of registries (`name@sha256:…`)."""

    id: str
    size_bytes: int
    digests: tuple[str, ...]
    labels: Mapping[str, str] = field(default_factory=dict)


class Engine:
    """Errors: NoEngine from every method."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._api = client.api

    @property
    def _url(self) -> str:
        return f"{self._api.base_url}/v{self._api.api_version}"

    @property
    def architecture(self) -> str:
        """Return the engine's machine as Debian names it: amd64, arm64."""
        with _translated("ask the engine for its version"):
            return str(self._api.version()["Arch"])

    def held(self, reference: str) -> Held | None:
        """Return the image under this reference, None if the engine does not have it."""
        with _translated(f"look at image {reference}"):
            try:
                found = self._api.inspect_image(reference)
            except docker.errors.ImageNotFound:
                return None
        return Held(
            id=found["Id"],
            size_bytes=found["Size"],
            digests=tuple(found.get("RepoDigests") or ()),
            labels=(found.get("Config") or {}).get("Labels") or {},
        )

    def import_root(self, tar: IO[bytes], reference: str, changes: Iterable[str]) -> None:
        """Make an image of a file system."""
        name, _, tag = reference.rpartition(":")
        with _translated(f"import {reference}"):
            answer = self._api.import_image_from_data(
                _pieces(tar), repository=name, tag=tag, changes=list(changes)
            )
            _check(json.loads(line) for line in answer.splitlines() if line.strip())

    def build(
        self,
        context: IO[bytes],
        *,
        dockerfile: str,
        target: str,
        reference: str,
        arguments: Mapping[str, str],
        labels: Mapping[str, str],
        heard: Callable[[str], None],
    ) -> None:
        """Build one stage; `heard` gets what the builder prints."""
        said: deque[str] = deque(maxlen=3)

        def remember(line: str) -> None:
            said.append(line)
            heard(line)

        with _translated(f"build {reference}", said):
            stream = self._api.build(
                fileobj=context,
                custom_context=True,
                dockerfile=dockerfile,
                target=target,
                tag=reference,
                buildargs=dict(arguments),
                labels=dict(labels),
                rm=True,
                forcerm=True,
                decode=True,
                timeout=_BUILD_S,
            )
            _check(_told(stream, remember))

    def pull(self, reference: str, heard: Callable[[Mapping[str, Any]], None]) -> None:
        """Pull; `heard` gets the engine's progress records as they come."""
        name, _, tag = reference.rpartition("@" if "@" in reference else ":")
        with _translated(f"pull {reference}"):
            stream = self._api.pull(name, tag=tag, stream=True, decode=True)
            _check(_each(stream, heard))

    def tag(self, reference: str, another: str) -> None:
        """Give an image a second name."""
        name, _, tag = another.rpartition(":")
        with _translated(f"tag {reference} as {another}"):
            self._api.tag(reference, name, tag)

    def remove(self, reference: str) -> None:
        """Remove a name, and the image if it was its last one."""
        with _translated(f"remove {reference}"):
            self._api.remove_image(reference)

    def save(self, references: Iterable[str]) -> Iterator[bytes]:
        """Yield one tar with these images."""
        with _translated("save images"):
            # the SDK's own method takes one image only, and images share layers
            answer = self._api.get(
                f"{self._url}/images/get", params={"names": list(references)}, stream=True
            )
            answer.raise_for_status()
            yield from answer.iter_content(1 << 20)

    def load(self, tar: IO[bytes]) -> None:
        """Load what `save` wrote."""
        with _translated("load images"):
            _check(self._api.load_image(_pieces(tar)))

    def folder_of(self, reference: str, path: str) -> Iterator[bytes]:
        """Yield a tar of a folder inside an image; nothing is run for it."""
        with _translated(f"read {path} in {reference}"):
            made = self._api.create_container(reference, command=["true"])
            try:
                stream, _ = self._api.get_archive(made["Id"], path)
                yield from stream
            finally:
                self._api.remove_container(made["Id"], force=True, v=True)

    def registry_digest(self, reference: str, within_s: float) -> str:
        """Ask the registry, through the engine, what a reference resolves to."""
        with _translated(f"ask the registry for {reference}"):
            answer = self._api.get(f"{self._url}/distribution/{reference}/json", timeout=within_s)
            told = answer.json()
            if not answer.ok:
                raise docker.errors.DockerException(str(told.get("message", answer.reason)))
            return str(told["Descriptor"]["digest"])

    def labelled(self, label: str) -> list[tuple[str, str]]:
        """Return reference and id of every image with a label."""
        with _translated("list images"):
            found = self._api.images(filters={"label": label})
        return [(tag, one["Id"]) for one in found for tag in one.get("RepoTags") or ()]

    def close(self) -> None:
        self._client.close()


def connect(environ: Mapping[str, str]) -> Engine:
    """Reach the engine that DOCKER_HOST names, else the usual socket.

    Errors: NoEngine.
    """
    if problem := hops.door_problem(environ):
        raise NoEngine(explained("reach Docker's engine", problem))
    with _translated("reach Docker's engine"):
        client = docker.from_env(environment=dict(environ), timeout=_ANSWER_S)
        try:
            client.ping()
        except BaseException:
            client.close()
            raise
    return Engine(client)


@contextmanager
def _translated(attempt: str, said: Iterable[str] = ()) -> Iterator[None]:
    try:
        yield
    except (docker.errors.DockerException, requests.RequestException, OSError) as error:
        before = " / ".join(said)
        told = f"{_plainly(error)} (after: {before})" if before else _plainly(error)
        raise NoEngine(explained(attempt, told)) from error


def _plainly(error: Exception) -> str:
    """Return what the engine said, without the layers of the libraries around it."""
    if isinstance(error, docker.errors.APIError) and error.explanation:
        return str(error.explanation).strip()
    if isinstance(error, docker.errors.BuildError):
        return str(error.msg).strip()
    return str(error).strip() or type(error).__name__


REMEDIES = (
    ("no permission", "add your user to the group docker, and log in again"),
    ("permission denied", "add your user to the group docker, and log in again"),
    ("no space left", "the engine's disk is full; docker system prune, or make room"),
    ("there is no /", "start the engine: systemctl start docker, or set DOCKER_HOST"),
    ("nothing accepts", "start the engine: systemctl start docker, or set DOCKER_HOST"),
    ("connection refused", "start the engine: systemctl start docker, or set DOCKER_HOST"),
    ("unauthorized", "docker login, or name another image with --image"),
    ("denied", "docker login, or name another image with --image"),
    ("toomanyrequests", "docker login, or name a mirror with --image"),
    ("certificate", "the engine has to trust the registry: /etc/docker/certs.d, then restart it"),
    ("not found", "look at the name and the tag"),
    ("manifest unknown", "look at the name and the tag"),
    ("no such host", "no registry in reach: gateproof images build, or images load FILE"),
    ("lookup ", "no registry in reach: gateproof images build, or images load FILE"),
    ("timeout", "no registry in reach: gateproof images build, or images load FILE"),
    ("timed out", "no registry in reach: gateproof images build, or images load FILE"),
)


def explained(attempt: str, said: str) -> str:
    """Return one line: what was attempted, what the engine said, what to do."""
    line = " ".join(said.split())[:400]
    found = (text for sign, text in REMEDIES if sign in line.lower())
    return f"cannot {attempt}: {line}; {next(found, 'make doctor looks at every hop')}"


def _check(records: Iterable[Mapping[str, Any]]) -> None:
    """Failures of long actions come as records of a stream that itself succeeds."""
    for record in records:
        if "error" in record:
            raise docker.errors.DockerException(str(record["error"]))


def _told(
    stream: Iterable[Mapping[str, Any]], heard: Callable[[str], None]
) -> Iterator[Mapping[str, Any]]:
    for record in stream:
        if line := str(record.get("stream", "")).rstrip():
            heard(line)
        yield record


def _each(
    stream: Iterable[Mapping[str, Any]], heard: Callable[[Mapping[str, Any]], None]
) -> Iterator[Mapping[str, Any]]:
    for record in stream:
        heard(record)
        yield record


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(1 << 20):
        yield piece
