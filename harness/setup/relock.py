"""`make lock`: writes the lock files anew, for every platform, with hashes: the tree's and Locust's.

Versions that are locked stay as they are as far as they can; UPGRADE=1 takes the newest.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from harness import network
from harness.setup.here import ROOT

UV = "uv==0.13.9"
LOCKS = {
    "requirements.lock": ("pyproject.toml", "--extra", "dev"),
    "load/locust.lock": ("load/locust.in",),
    "tests/browser.lock": ("tests/browser.in", "--constraint", "requirements.lock"),
}
"""Each lock file, and what it is drawn from; one that is drawn before may bind those after it."""
OPTIONS = (
    "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes",
    "--no-annotate", "--no-emit-index-url", "--custom-compile-command", "make lock",
)  # fmt: skip


def main(argv: list[str]) -> int:
    """Make the lock, or leave the old one as it is and say why."""
    try:
        # pip and uv get what the caller has, and the way out of the caller's network
        environ = network.outward(os.environ, ROOT / ".gateproof")  # noqa: TID251 - before settings
        with tempfile.TemporaryDirectory(prefix="gateproof-lock-") as folder:
            fresh = write(Path(folder), environ, upgrade="--upgrade" in argv)
            for name, drawn in fresh.items():
                shutil.copyfile(drawn, ROOT / name)
    except (OSError, subprocess.SubprocessError, network.BadNetwork) as error:
        sys.stderr.write(f"lock: nothing was changed: {error}\n")
        return 1
    sys.stdout.write(f"lock: {' and '.join(LOCKS)} written; the next make installs what changed\n")
    return 0


def write(folder: Path, environ: Mapping[str, str], *, upgrade: bool) -> dict[str, Path]:
    """Resolve in a folder of its own: uv is wanted for this only, and may be needed before `.venv`."""
    venv = folder / "venv"
    subprocess.run([sys.executable, "-Im", "venv", str(venv)], check=True)
    subprocess.run(
        [venv / "bin/python", "-Im", "pip", "install", "-q", "--disable-pip-version-check", UV],
        env=environ,
        check=True,
    )
    more = ["--upgrade"] if upgrade else []
    uv = str(venv / "bin/uv")
    fresh: dict[str, Path] = {}
    for name, source in LOCKS.items():
        fresh[name] = folder / Path(name).name
        if (ROOT / name).exists():  # what is locked stays, as far as it can
            shutil.copyfile(ROOT / name, fresh[name])
        drawn = [str(fresh.get(word, word)) for word in source]
        command = [uv, "pip", "compile", *drawn, *OPTIONS, *more, "-o", str(fresh[name])]
        subprocess.run(
            command, cwd=ROOT, env=as_uv_reads(environ), check=True, stdout=subprocess.DEVNULL
        )
    return fresh


def as_uv_reads(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment with pip's index and certificates under uv's names as well."""
    told = {
        "UV_DEFAULT_INDEX": environ.get("PIP_INDEX_URL"),
        "SSL_CERT_FILE": environ.get("PIP_CERT"),
    }
    return {name: value for name, value in told.items() if value} | dict(environ)
