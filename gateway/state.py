"""The folder of what outlives the process; one gateway at a time may use it."""

import os
from pathlib import Path
from urllib.parse import quote

from gateway.settings import SettingsRefused


def own(folder: Path) -> int:
    """Make the folder if need be, and lock it until the process ends; the lock's descriptor."""
    import fcntl  # only a gateway with a state folder needs a system that has it

    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise SettingsRefused(f"--state {folder} cannot be used: {why}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise SettingsRefused(
            f"--state {folder} is in use by another gateway; give each one its own"
        ) from error
    return descriptor


def joined(*names: str) -> str:
    """Names as one that fits a file, whatever they hold; different names stay different."""
    return ",".join(quote(name, safe="") for name in names)


def write_safely(path: Path, content: bytes) -> None:
    """The whole content or what was there before, whenever the machine stops."""
    draft = path.with_name(path.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    draft.replace(path)
