"""What was fetched is kept in folders that are there whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def workplace(cache: Path, refusal: type[Exception]) -> Iterator[Path]:
    """Give a folder beside the kept ones, which goes away with what is left in it.

    Errors: the refusal, for a cache that cannot be written and for a full disk.
    """
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="fetching-", dir=cache) as name:
            yield Path(name)
    except OSError as error:
        raise refusal(
            f"cannot keep what is fetched in {cache}: {error.strerror or error}; "
            "make room, or name another folder with GATEPROOF_CACHE"
        ) from error


def put(half: Path, folder: Path) -> None:
    """Keep a folder that is complete; another process may have been faster, with the same."""
    try:
        os.replace(half, folder)
    except OSError:
        if not folder.is_dir():
            raise
