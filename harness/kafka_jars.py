"""Apache Kafka's jars: fetched through Maven as `compose/kafka.lock` names them, sums checked.

Used twice: for a real Kafka without Docker, and copied into the image that stands in for `apache/kafka`.
"""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness import maven

_LINE = re.compile(r"(?P<name>[\w.\-]+:[\w.\-]+:[\w.\-]+)\s+sha256:(?P<sum>[0-9a-f]{64})")
_BROKER = "org.apache.kafka:kafka_2.13"


class NoJars(Exception):
    """The jars are not there and could not be fetched; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Jar:
    """Shape: coordinate is group:artifact:version."""

    coordinate: str
    sha256: str

    @property
    def file(self) -> str:
        _, artifact, version = self.coordinate.split(":")
        return f"{artifact}-{version}.jar"


@dataclass(frozen=True, slots=True)
class Lock:
    """Which jars make up a broker."""

    jars: tuple[Jar, ...]

    @property
    def version(self) -> str:
        """Return Kafka's version."""
        named = (jar.coordinate.rpartition(":") for jar in self.jars)
        return next(version for name, _, version in named if name == _BROKER)

    @property
    def digest(self) -> str:
        """Return a name for exactly these jars."""
        text = "\n".join(f"{jar.coordinate} {jar.sha256}" for jar in self.jars)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def read_lock(file: Path) -> Lock:
    """Read a lock file.

    Errors: NoJars for a line that cannot be read, and for a lock without a broker.
    """
    jars = []
    try:
        lines = file.read_text().splitlines()
    except OSError as error:
        raise NoJars(f"cannot read {file}: {error.strerror}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None:
            raise NoJars(
                f"{file.name}:{number}: expected GROUP:ARTIFACT:VERSION sha256:SUM, found {line!r}"
            )
        jars.append(Jar(found["name"], found["sum"]))
    if not any(jar.coordinate.startswith(f"{_BROKER}:") for jar in jars):
        raise NoJars(f"{file.name} names no {_BROKER}; restore it from the repository")
    return Lock(tuple(jars))


def folder_of(lock: Lock, cache: Path) -> Path:
    """Return where the jars of this lock are kept."""
    return cache / f"kafka-{lock.version}-{lock.digest}"


def differing(lock: Lock, folder: Path) -> list[str]:
    """Return the jars that are missing or are not what the lock names, each with the reason."""
    found = []
    for jar in lock.jars:
        file = folder / jar.file
        if not file.is_file():
            found.append(f"{jar.file} is missing")
        elif (held := _sum(file)) != jar.sha256:
            found.append(f"{jar.file} has sum {held[:12]}…, the lock says {jar.sha256[:12]}…")
    return found


def classpath(lock: Lock, folder: Path) -> str:
    """Return the classpath with the jars one by one: a shell would expand a `*`."""
    return ":".join(str(folder / jar.file) for jar in lock.jars)


def fetch(lock: Lock, cache: Path, environ: Mapping[str, str]) -> Path:
    """Return the folder with every jar in it, fetched and checked if it is not there yet.

    Shape:  environ is the caller's: PATH, proxies, Maven's own settings.
    Errors: NoJars, network.BadNetwork.
    """
    folder = folder_of(lock, cache)
    if folder.is_dir() and not differing(lock, folder):
        return folder
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="kafka-", dir=cache) as name:
            half = Path(name) / "libs"
            maven.copy((jar.coordinate for jar in lock.jars), half, environ, cache)
            if wrong := differing(lock, half):
                raise NoJars(
                    f"Kafka's jars are not those of the lock: {wrong[0]}"
                    f"{f' and {len(wrong) - 1} more' if len(wrong) > 1 else ''}; "
                    "clear ~/.m2/repository, or look at what your Maven mirror serves"
                )
            for other in ("pom.xml", "settings.xml"):
                (half / other).unlink(missing_ok=True)
            _put(half, folder)
    except maven.MavenFailed as failure:
        raise NoJars(f"cannot fetch Apache Kafka {lock.version}: {failure}") from failure
    except OSError as error:
        raise NoJars(f"cannot keep Kafka's jars in {cache}: {error.strerror}") from error
    return folder


def _put(half: Path, folder: Path) -> None:
    """Another process may have been faster: whole folders are swapped, never mixed."""
    aside = half.with_name("aside")
    try:
        os.replace(folder, aside)
    except FileNotFoundError:
        pass
    try:
        os.replace(half, folder)
    except OSError:
        if not folder.is_dir():
            raise
        shutil.rmtree(half)


def _sum(file: Path) -> str:
    with file.open("rb") as held:
        return hashlib.file_digest(held, "sha256").hexdigest()
