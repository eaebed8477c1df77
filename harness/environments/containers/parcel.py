"""Files for a container's volume, as the tar that Docker takes. Pure but for reading code."""

import io
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path

_SUBJECTS = ("gateway", "services")


def packed(
    files: Mapping[str, str], folders: Iterable[str], owner: int, code: tuple[str, Path] | None
) -> bytes:
    """Return a tar in which all belongs to `owner` alone.

    Shape: code is (folder, checkout): gateway and services of a checkout, under this folder.
    """
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as tar:
        for folder in folders:
            tar.addfile(_entry(folder, owner, 0o700, tarfile.DIRTYPE))
        for name, text in files.items():
            content, entry = text.encode(), _entry(name, owner, 0o400)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
        if code is not None:
            _add_code(tar, *code, owner)
    return written.getvalue()


def _entry(name: str, owner: int, mode: int, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.uid = entry.gid = owner
    entry.mode, entry.type = mode, kind
    return entry


def _add_code(tar: tarfile.TarFile, folder: str, checkout: Path, owner: int) -> None:
    def owned(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
        if "__pycache__" in entry.name:
            return None
        entry.uid = entry.gid = owner
        entry.uname = entry.gname = ""
        return entry

    tar.addfile(_entry(folder, owner, 0o700, tarfile.DIRTYPE))
    for name in _SUBJECTS:
        tar.add(checkout / name, f"{folder}/{name}", filter=owned)
