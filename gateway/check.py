"""`--check FILE`: everything that is wrong with a document, or what it holds."""

import sys
from pathlib import Path

from gateway.document.fields import DocumentRefused
from gateway.document.loading import Unreadable, load_file
from gateway.document.reading import Surroundings, read_snapshot
from gateway.policies.order import KINDS


def complain(*lines: str) -> None:
    for line in lines:
        sys.stderr.write(f"{line}\n")


def check(path: Path, redis: bool) -> int:
    """Say what is wrong with a document; the exit code."""
    try:
        snapshot = read_snapshot(load_file(path)[0], Surroundings(KINDS, (), redis))
    except Unreadable as error:
        complain(str(error))
        return 1
    except DocumentRefused as refused:
        complain(*(f"{path}: {problem}" for problem in refused.problems))
        return 1
    complain(*(f"{path}: warning: {warning}" for warning in snapshot.warnings))
    counts = ", ".join(
        f"{len(found)} {name if len(found) != 1 else name[:-1]}"
        for name in ("services", "routes", "consumers", "plugins")
        for found in (getattr(snapshot, name),)
    )
    sys.stdout.write(f"{path}: ok ({counts})\n")
    return 0
