"""Finds a Python that the project runs on. Written so that a Python too old for it can read this."""

import os
import subprocess
from collections.abc import Callable
from typing import NamedTuple

OLDEST = (3, 11)
NAMES = ("python3.13", "python3.12", "python3.11", "python3.14", "python3.15")
"""Tried in this order when `python3` is too old; the ones that the project is tested with come first."""

REMEDY = (
    "install Python 3.11 or newer (apt install python3 python3-venv, brew install python@3.13, "
    "pyenv install 3.13) or name one: make setup PYTHON=/path/to/python3.13"
)


class Python(NamedTuple):
    """A Python that ran: its version, and where it really is (behind shims and wrappers)."""

    version: "tuple[int, ...]"
    executable: str


class NoPython(Exception):
    """There is no Python to work with; the text says what was found and what to do."""


def when_run(command: str) -> "Python | None":
    """Run a Python and return what it says of itself, None if it does not run.

    Looking is not enough: the shims of version managers exist for Pythons that are switched off.
    """
    question = "import sys; print('%d.%d.%d' % sys.version_info[:3]); print(sys.executable)"
    try:
        answer = subprocess.run(
            [command, "-ESc", question],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=20,
            check=True,
        )
        version, executable = answer.stdout.decode().splitlines()
        return Python(tuple(int(number) for number in version.split(".")), executable)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def choose(
    asked: "str | None",
    running: Python,
    path: str,
    look: "Callable[[str], Python | None]" = when_run,
) -> Python:
    """Return the Python to set up with: the one asked for, else the running one, else a newer one.

    Shape:  asked is the value of PYTHON=, path that of PATH.
    Errors: NoPython if the one asked for, or every one found, is too old or does not run.
    """
    if asked:
        return _the_one_asked_for(asked, look(asked))
    if running.version >= OLDEST:
        return running
    for candidate in _candidates(path):
        found = look(candidate)
        if found is not None and found.version >= OLDEST:
            return found
    raise NoPython(f"needs Python 3.11 or newer, found {dotted(running.version)}; {REMEDY}")


def _the_one_asked_for(asked: str, found: "Python | None") -> Python:
    if found is None:
        raise NoPython(f"PYTHON={asked} does not run; {REMEDY}")
    if found.version < OLDEST:
        raise NoPython(
            f"PYTHON={asked} is Python {dotted(found.version)}, 3.11 or newer is needed; {REMEDY}"
        )
    return found


def asked_for(argv: "list[str]") -> "str | None":
    """Return the value of --python, None if it is not given."""
    return argv[argv.index("--python") + 1] if "--python" in argv[:-1] else None


def dotted(version: "tuple[int, ...]") -> str:
    return ".".join(str(number) for number in version)


def _candidates(path: str) -> "list[str]":
    """Every Python by its versioned name in every folder: a broken shim may hide one that runs."""
    folders = [folder for folder in path.split(os.pathsep) if folder]
    files = [os.path.join(folder, name) for name in NAMES for folder in folders]
    return [file for file in files if os.access(file, os.X_OK)]
