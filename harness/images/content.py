"""What our images are made of, and the tag that says so: equal content, equal name. Pure but for reading.

A tag is known before anything is fetched: it is drawn from what is written in the repository.
"""

import hashlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.images import debian
from harness.images.stages import stages
from harness.settings import ROOT

PYTHON = "3.11"
"""Debian 12 has it, and the official slim image of the list: one set of wheels does for both."""

COMPOSE = ROOT / "compose"
DOCKERFILE = COMPOSE / "Dockerfile"
STAND_INS = COMPOSE / "stand-ins.Dockerfile"
KAFKA_LOCK = COMPOSE / "kafka.lock"
KAFKA_ARCHIVE = COMPOSE / "kafka" / "archive.sh"

SUBJECTS = ("gateway", "services")
"""Folders of the image `subjects`, below the folder that subjects are started from."""

SUITE = (
    "harness", "steps", "features", "load", "gateway", "services", "compose", "conftest.py",
    "pyproject.toml", "requirements.lock", "redis.lock",
)  # fmt: skip
"""What of the checkout the image `suite` holds."""

BASE, REDIS, KAFKA = "base/python", "redis", "kafka"
OURS = ("subjects", "suite")
_LEFT_OUT = {"__pycache__", ".DS_Store"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of a build. Shape: name is its path inside the build."""

    name: str
    file: Path

    @property
    def executable(self) -> bool:
        return bool(self.file.stat().st_mode & 0o100)


def pieces(names: Sequence[str], root: Path, within: str = "") -> Iterator[Piece]:
    """Yield the files below these folders of root, in one order everywhere."""
    for name in names:
        top = root / name
        files = sorted(top.rglob("*")) if top.is_dir() else [top]
        for file in files:
            parts = file.relative_to(root).parts
            if file.is_file() and not _LEFT_OUT & set(parts) and file.suffix != ".pyc":
                yield Piece("/".join((*([within] if within else []), *parts)), file)


def code(name: str, subjects: Path = ROOT, root: Path = ROOT) -> list[Piece]:
    """Return the files of ours that an image holds; subjects may be a changed copy."""
    if name == "subjects":
        return list(pieces(SUBJECTS, subjects, "subjects"))
    own = [one for one in SUITE if one not in SUBJECTS]
    return [*pieces(own, root, "suite"), *pieces(SUBJECTS, subjects, "suite")]


def roots(name: str, root: Path = ROOT) -> list[str]:
    """Return the packages that an image asks for, as pyproject.toml has them."""
    told = tomllib.loads((root / "pyproject.toml").read_text())
    wanted: list[str] = (
        told["tool"]["gateproof"]["subjects"]
        if name == "subjects"
        else told["project"]["dependencies"]
    )
    return wanted


def base_tag() -> str:
    """Return the tag of the base that is made here."""
    return _tag(debian.SUITE, *debian.BASE_PACKAGES, *debian.LEFT_OUT)


def stand_in_tag(name: str) -> str:
    """Return the tag of what takes the place of `redis` or `kafka`."""
    packages = {REDIS: debian.REDIS_PACKAGES, KAFKA: debian.JAVA_PACKAGES}[name]
    more = [one.read_text() for one in (KAFKA_LOCK, KAFKA_ARCHIVE)] if name == KAFKA else []
    return _tag(base_tag(), stages(STAND_INS.read_text(), name), *packages, *more)


def own_tag(name: str, base: str, subjects: Path = ROOT) -> str:
    """Return the tag of an image of ours on this base.

    Shape: base is a reference.
    """
    recipe = (COMPOSE / one for one in ("install.sh", "gateproof"))
    locks = (ROOT / one for one in ("requirements.lock", "redis.lock"))
    told = [stages(DOCKERFILE.read_text(), name), base, PYTHON, *roots(name)]
    told += [file.read_text() for file in (*recipe, *locks)]
    for piece in code(name, subjects):
        digest = hashlib.sha256(piece.file.read_bytes()).hexdigest()
        told.append(f"{piece.name} {piece.executable} {digest}")
    return _tag(*told)


def tags(name: str, bases: Sequence[str], subjects: Path = ROOT) -> list[str]:
    """Return the tags under which a build of ours may be found, one for each base."""
    if name == BASE:
        return [base_tag()]
    if name in (REDIS, KAFKA):
        return [stand_in_tag(name)]
    return [own_tag(name, base, subjects) for base in bases] if name in OURS else []


def labels(name: str, tag: str, more: Mapping[str, str]) -> dict[str, str]:
    """Return what an image of ours says about itself."""
    return {
        "org.opencontainers.image.title": f"gateproof {name}",
        "gateproof.image": name,
        "gateproof.content": tag,
        **more,
    }


def _tag(*told: str) -> str:
    """Texts of any content stay apart, since each is hashed by itself first."""
    each = (hashlib.sha256(text.encode()).digest() for text in told)
    return hashlib.sha256(b"".join(each)).hexdigest()[:12]
