"""The way from here to a running container, hop by hop: looked at, never changed.

Standard library only, and each hop within a bounded time: `doctor` asks before anything is installed.
"""

import http.client
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from harness.images import catalogue, content, debian
from harness.images.catalogue import BadList, Catalogue
from harness.settings import read

DEFAULT = "unix:///var/run/docker.sock"
HOP_S = 5.0
REGISTRY_S = 8.0


@dataclass(frozen=True, slots=True)
class Hops:
    """Shape: a `_problem` is "" where the hop is fine. What comes after a broken hop is not looked at.

    sdk is the version of the client library, engine and driver the daemon's; absent names the images
    that are not here, listed all that are asked for.
    """

    address: str
    installed: bool
    sdk: str | None = None
    socket_problem: str = ""
    engine: str | None = None
    engine_problem: str = ""
    driver: str = ""
    free_bytes: int | None = None
    listed: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    list_problem: str = ""
    registry: str = ""
    registry_problem: str = ""
    base_obstacle: str = ""
    """Why no base image can be made here; "" if it can."""


def look(environ: Mapping[str, str], venv: Path) -> Hops:
    """Look at every hop, up to the first that is broken."""
    path = environ.get("PATH", os.defpath)
    address = environ.get("DOCKER_HOST", "").strip() or DEFAULT
    told: dict[str, Any] = {
        "address": address,
        "installed": any(
            shutil.which(name, path=f"{path}:/usr/sbin:/sbin") for name in ("dockerd", "docker")
        ),
        "sdk": _sdk(venv),
        "base_obstacle": debian.obstacle(path, os.getuid() if hasattr(os, "getuid") else 0),
    }
    if problem := socket_problem(address):
        return Hops(**told, socket_problem=problem)
    try:
        version, info = _ask(address, "/version"), _ask(address, "/info")
        told |= {"engine": str(version["Version"]), "driver": str(info.get("Driver", ""))}
        told["free_bytes"] = _free(address, str(info.get("DockerRootDir", "")))
    except (OSError, ValueError, KeyError, http.client.HTTPException) as error:
        return Hops(**told, engine_problem=_plainly(error))
    return Hops(**told, **_images(address, environ))


def socket_problem(address: str) -> str:
    """Return why an address cannot be connected to, "" if it can."""
    parts = urlsplit(address)
    if parts.scheme == "unix":
        path = Path(parts.path or f"/{parts.netloc}")
        if not path.exists():
            return f"there is no {path}"
        if not os.access(path, os.R_OK | os.W_OK):
            return f"no permission on {path}"
    elif parts.scheme not in ("tcp", "http"):
        return f"DOCKER_HOST={parts.scheme}://… cannot be looked at from here"
    connection = _connection(address, HOP_S)
    try:
        connection.connect()
    except OSError as error:
        return f"nothing accepts at {address}: {error.strerror or error}"
    finally:
        connection.close()
    return ""


def door_problem(environ: Mapping[str, str]) -> str:
    """Return why Docker's unix socket cannot be connected to; "" if it can, or if Docker is elsewhere.

    Asked before the SDK is: when it cannot connect, it leaves its socket to the collector.
    """
    address = environ.get("DOCKER_HOST", "").strip() or DEFAULT
    return socket_problem(address) if address.startswith("unix:") else ""


class _Door(http.client.HTTPConnection):
    """HTTP through a unix socket."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("docker", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _connection(address: str, within_s: float) -> http.client.HTTPConnection:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        return _Door(parts.path, within_s)
    return http.client.HTTPConnection(parts.hostname or "", parts.port or 2375, timeout=within_s)


def _ask(address: str, path: str, within_s: float = HOP_S) -> Any:
    connection = _connection(address, within_s)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        told = json.loads(answer.read() or b"{}")
    finally:
        connection.close()
    if answer.status != 200:
        raise ValueError(str(told.get("message", answer.reason)))
    return told


def _images(address: str, environ: Mapping[str, str]) -> dict[str, Any]:
    try:
        listed = catalogue.load(read(environ))
        held = {
            name
            for one in _ask(address, "/images/json")
            for name in (*(one.get("RepoTags") or ()), *(one.get("RepoDigests") or ()))
        }
    except (BadList, OSError, ValueError, http.client.HTTPException) as error:
        return {"list_problem": _plainly(error)}
    wanted = [name for name, image in listed.images.items() if not image.optional]
    absent = [name for name in wanted if not _candidates(listed, name) & held]
    return {
        "listed": tuple(wanted),
        "absent": tuple(absent),
        **_registry(address, listed),
    }


def _candidates(listed: Catalogue, name: str) -> set[str]:
    image = listed.image(name)
    bases = catalogue.candidates(listed.image(content.BASE), [content.base_tag()])
    found = catalogue.candidates(image, content.tags(name, bases))
    if image.reference:
        found.append(image.reference.tagged)
    return set(found)


def _registry(address: str, listed: Catalogue) -> dict[str, str]:
    """Ask through the daemon: it is the one that pulls, with a proxy and a trust of its own."""
    reference = listed.image(content.REDIS).reference
    if reference is None:
        return {}
    try:
        _ask(address, f"/distribution/{quote(str(reference), safe='/:@')}/json", REGISTRY_S)
    except (OSError, ValueError, http.client.HTTPException) as error:
        return {"registry": reference.registry, "registry_problem": _plainly(error)}
    return {"registry": reference.registry}


def _free(address: str, folder: str) -> int | None:
    """Return the room where the engine keeps its images, None where that is another machine's."""
    if not address.startswith("unix:"):
        return None
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def _sdk(venv: Path) -> str | None:
    try:
        ended = subprocess.run(
            [venv / "bin" / "python", "-Ic", "import docker; print(docker.__version__)"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=HOP_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return ended.stdout.strip() or None


def _plainly(error: Exception) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__
