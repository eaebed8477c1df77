"""What a build gets: a tar with equal bytes for equal content."""

import io
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import IO

from harness.images.content import Piece


@contextmanager
def packed(pieces: Iterable[Piece], texts: Mapping[str, str]) -> Iterator[IO[bytes]]:
    """Give the tar of a build: files of the disk, and texts that were drawn for it."""
    with tempfile.TemporaryFile() as file:
        with tarfile.open(fileobj=file, mode="w") as tar:
            for name, text in texts.items():
                _add(tar, name, io.BytesIO(text.encode()), len(text.encode()), executable=False)
            for piece in pieces:
                with piece.file.open("rb") as held:
                    size = piece.file.stat().st_size
                    _add(tar, piece.name, held, size, executable=piece.executable)
        file.seek(0)
        yield file


def _add(tar: tarfile.TarFile, name: str, held: IO[bytes], size: int, *, executable: bool) -> None:
    """Whose file it is, and when it was written, is none of the image's business."""
    entry = tarfile.TarInfo(name)
    entry.size = size
    entry.mode = 0o755 if executable else 0o644
    tar.addfile(entry, held)
