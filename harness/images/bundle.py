"""Images in one file, for a machine that has nothing: a tar with a manifest that is checked on loading."""

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from harness.images.choice import Choice
from harness.images.engine import Engine

FORMAT = 1
MANIFEST, IMAGES = "gateproof-images.json", "images.tar"


class BadBundle(Exception):
    """A bundle cannot be written or is not what it says; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Shape: id is the engine's own digest of the image, the same on every machine."""

    name: str
    reference: str
    id: str
    size_bytes: int


def save(engine: Engine, choices: Sequence[Choice], file: Path) -> list[Entry]:
    """Write images to a file; an old one is replaced only when the new one is whole.

    Errors: BadBundle, NoEngine.
    """
    entries = [
        Entry(one.image.name, one.reference, one.held.id, one.held.size_bytes)
        for one in choices
        if one.held
    ]
    half = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        with tempfile.NamedTemporaryFile(dir=file.parent, prefix=".images-") as images:
            digest = hashlib.sha256()
            for piece in engine.save(one.reference for one in entries):
                digest.update(piece)
                images.write(piece)
            images.flush()
            told = {
                "format": FORMAT,
                "sha256": digest.hexdigest(),
                "images": [
                    {"name": one.name, "reference": one.reference, "id": one.id,
                     "size_bytes": one.size_bytes}
                    for one in entries
                ],
            }  # fmt: skip
            with tarfile.open(half, "w") as tar:
                _add(tar, MANIFEST, json.dumps(told, indent=2).encode())
                tar.add(images.name, IMAGES, filter=_anonymous)
        os.replace(half, file)
    except OSError as error:
        raise BadBundle(
            f"cannot write {file}: {error.strerror or error}; make room, or name another"
        ) from error
    finally:
        half.unlink(missing_ok=True)
    return entries


def load(engine: Engine, file: Path) -> list[Entry]:
    """Load a bundle, once its sum is right, and see that every image came out as it went in.

    Errors: BadBundle, NoEngine.
    """
    try:
        with tarfile.open(file) as tar:
            entries, wanted = read_manifest(tar, file)
            with tempfile.TemporaryFile() as images:
                found = _copied(tar, file, images)
                if found != wanted:
                    raise BadBundle(
                        f"{file} was changed or cut off: its images have the sum {found[:12]}…, "
                        f"its manifest says {wanted[:12]}…; copy it again"
                    )
                images.seek(0)
                engine.load(images)
    except (OSError, tarfile.TarError, EOFError) as error:
        raise BadBundle(
            f"cannot read {file}: {error}; it has to be a file that `images save` wrote"
        ) from error
    _verify(engine, entries)
    return entries


def read_manifest(tar: tarfile.TarFile, file: Path) -> tuple[list[Entry], str]:
    """Return what a bundle holds, and the sum of its images.

    Errors: BadBundle.
    """
    try:
        held = tar.extractfile(MANIFEST)
        assert held is not None
        told = json.load(held)
        if told["format"] != FORMAT:
            raise BadBundle(f"{file} has format {told['format']}, this version reads {FORMAT}")
        entries = [Entry(**one) for one in told["images"]]
        return entries, str(told["sha256"])
    except (KeyError, TypeError, ValueError, AssertionError) as error:
        raise BadBundle(
            f"{file} has no manifest that can be read ({type(error).__name__}); "
            "it has to be a file that `images save` wrote"
        ) from error


def _copied(tar: tarfile.TarFile, file: Path, images: IO[bytes]) -> str:
    try:
        held = tar.extractfile(IMAGES)
    except KeyError:
        held = None
    if held is None:
        raise BadBundle(f"{file} has no {IMAGES} in it; copy it again")
    digest = hashlib.sha256()
    while piece := held.read(1 << 20):
        digest.update(piece)
        images.write(piece)
    return digest.hexdigest()


def _verify(engine: Engine, entries: Iterable[Entry]) -> None:
    for entry in entries:
        held = engine.held(entry.reference)
        if held is None or held.id != entry.id:
            raise BadBundle(
                f"{entry.reference} is {held.id[:19] if held else 'absent'} after loading, "
                f"the manifest says {entry.id[:19]}; remove that image and load again"
            )


def _add(tar: tarfile.TarFile, name: str, held: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(held)
    tar.addfile(entry, io.BytesIO(held))


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    return entry
