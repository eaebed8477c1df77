"""The environment that Locust lives in: made on first use from a lock of its own, beside the tree's."""

import hashlib
import subprocess
import sys
from pathlib import Path

from harness import network
from harness.settings import ROOT, read

LOCK = ROOT / "load" / "locust.lock"
HOME = ROOT / ".venv" / "locust"
_STAMP = "made-from"


class NoLocust(Exception):
    """Locust's environment cannot be made. One line: why, and what next."""


def locust() -> Path:
    """Return Locust's command, after making its environment where it is missing or out of date.

    Errors: NoLocust.
    """
    command, digest = HOME / "bin" / "locust", hashlib.sha256(LOCK.read_bytes()).hexdigest()
    stamp = HOME / _STAMP
    if command.exists() and stamp.exists() and stamp.read_text() == digest:
        return command
    sys.stdout.write("load: making an environment for Locust, once\n")
    sys.stdout.flush()
    _run(sys.executable, "-Im", "venv", "--clear", str(HOME))
    _run(
        str(HOME / "bin" / "python"), "-Im", "pip", "install", "--quiet", "--no-input",
        "--disable-pip-version-check", "--require-hashes", "--no-deps", "-r", str(LOCK),
    )  # fmt: skip
    stamp.write_text(digest)
    return command


def _run(*argv: str) -> None:
    try:
        environ = network.outward(read().surroundings, ROOT / ".gateproof")
    except network.BadNetwork as error:
        raise NoLocust(str(error)) from error
    done = subprocess.run(argv, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
        raise NoLocust(
            f"Locust's environment cannot be made: {said[-1]}; is a package index there?"
        )
