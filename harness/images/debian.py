"""Debian for images: a base by debootstrap, and packages fetched by this machine's apt for that base.

Fetched here and copied in, so that the build itself needs no network.
"""

import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO

from harness import network
from harness.images import kept

SUITE = "bookworm"
APT = Path("/etc/apt")
"""Where this machine's apt says which mirror of Debian it uses: ours is the same."""

BASE_PACKAGES = ("python3", "python3-venv", "ca-certificates")
REDIS_PACKAGES = ("redis-server",)
JAVA_PACKAGES = ("openjdk-17-jre-headless",)

LEFT_OUT = (
    "./var/cache/apt/*",
    "./var/lib/apt/lists/*",
    "./var/log/*",
    "./usr/share/doc/*",
    "./usr/share/man/*",
    "./usr/share/info/*",
    "./usr/share/locale/*",
    "./debootstrap",
    "./dev/*",
    "./tmp/*",
)
"""Of the base: what no container reads."""

_URL = re.compile(r"https?://\S+")
_PATIENCE_S = 1800
_REMEDIES = (
    ("No space left", "the disk is full; make room"),
    ("Temporary failure resolving", "Debian's mirror cannot be reached; set http_proxy"),
    ("Could not resolve", "Debian's mirror cannot be reached; set http_proxy"),
    ("Couldn't download", "Debian's mirror cannot be reached; set http_proxy"),
    ("Failed getting release file", "Debian's mirror cannot be reached; set http_proxy"),
    ("Failed to fetch", "Debian's mirror cannot be reached; set http_proxy"),
    ("signed by unknown key", "apt install debian-archive-keyring"),
    ("NO_PUBKEY", "apt install debian-archive-keyring"),
    ("Operation not permitted", "it has to run as root, outside a container that may not mount"),
)


class NoDebian(Exception):
    """Something of Debian could not be made or fetched; the text says why, and what to do."""


def obstacle(path: str, user: int) -> str:
    """Return why no base can be made here, "" if it can.

    Shape: path is PATH, user the user's number.
    """
    if shutil.which("debootstrap", path=_with_sbin(path)) is None:
        return "no debootstrap on PATH; apt install debootstrap"
    if user != 0:
        return "debootstrap has to run as root; sudo, or images load FILE"
    return ""


def write_base(tar: IO[bytes], architecture: str, cache: Path, environ: Mapping[str, str]) -> None:
    """Write a minimal Debian with Python as a tar.

    Errors: NoDebian, network.BadNetwork.
    """
    told = _environment(environ, cache)
    if reason := obstacle(told["PATH"], os.getuid()):
        raise NoDebian(f"cannot make a base image: {reason}")
    with kept.workplace(cache, NoDebian) as place:
        root = place / "root"
        _run(
            [
                "debootstrap", "--variant=minbase", f"--arch={architecture}",
                f"--include={','.join(BASE_PACKAGES)}", SUITE, str(root), mirrors()[0],
            ],
            "make a base image",
            told,
        )  # fmt: skip
        (root / "etc/apt/sources.list").write_text(_sources())
        excluded = [f"--exclude={pattern}" for pattern in LEFT_OUT]
        _run(
            ["tar", "--numeric-owner", "--anchored", *excluded, "-C", str(root), "-cf", "-", "."],
            "pack the base image",
            told,
            output=tar,
        )


def fetch(
    packages: Sequence[str],
    folder: Path,
    state: Iterable[bytes],
    architecture: str,
    cache: Path,
    environ: Mapping[str, str],
) -> Path:
    """Return a folder with these packages and what they need beyond the base.

    Shape:  state is a tar of the base's `/var/lib/dpkg`, which says what it has already.
    Errors: NoDebian, network.BadNetwork.
    """
    if folder.is_dir():
        return folder
    told = _environment(environ, cache)
    if shutil.which("apt-get", path=told["PATH"]) is None:
        raise NoDebian(
            f"cannot fetch {', '.join(packages)}: no apt-get on PATH; build on a Debian or Ubuntu "
            "machine, then images save and load"
        )
    with kept.workplace(cache, NoDebian) as root:
        for part in ("etc/apt/apt.conf.d", "etc/apt/preferences.d", "var/lib/apt/lists/partial"):
            (root / part).mkdir(parents=True)
        archives = root / "archives"
        (archives / "partial").mkdir(parents=True)
        _unpack(state, root / "var/lib")
        (root / "etc/apt/sources.list").write_text(_sources())
        apt = ["apt-get", "--quiet=2", *_options(root, archives, architecture)]
        wanted = ["--yes", "--no-install-recommends", "--download-only", "install", *packages]
        _run([*apt, "update"], "read Debian's list of packages", told)
        _run([*apt, *wanted], f"fetch {', '.join(packages)}", told)
        shutil.rmtree(archives / "partial")
        (archives / "lock").unlink(missing_ok=True)
        kept.put(archives, folder)
    return folder


def _options(root: Path, archives: Path, architecture: str) -> list[str]:
    """This machine's apt, looking at the base instead of this machine."""
    chosen = {
        "Dir": root,
        "Dir::State::status": root / "var/lib/dpkg/status",
        "Dir::Cache::archives": archives,
        "Dir::Etc::trustedparts": "/etc/apt/trusted.gpg.d",
        "APT::Architecture": architecture,
        "APT::Architectures": architecture,
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        "Acquire::http::Timeout": "60",
    }
    return [word for name, value in chosen.items() for word in ("-o", f"{name}={value}")]


def _sources() -> str:
    signed = "[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"
    main, security = mirrors()
    return f"deb {signed} {main} {SUITE} main\ndeb {signed} {security} {SUITE}-security main\n"


def mirrors() -> tuple[str, str]:
    """Return the mirror of Debian that this machine's apt uses, and the one of security updates.

    Errors: NoDebian.
    """
    files = [APT / "sources.list", *sorted((APT / "sources.list.d").glob("*"))]
    lines = [
        line
        for file in files
        if file.is_file()
        for line in file.read_text(errors="replace").splitlines()
        if not line.lstrip().startswith("#")
    ]
    urls = [url.rstrip("/") for line in lines for url in _URL.findall(line)]
    main = next((url for url in urls if url.endswith("/debian")), "")
    if not main:
        raise NoDebian(
            f"this machine's apt names no mirror of Debian (looked into {APT}); build on a Debian "
            "machine, then images save and load"
        )
    security = next((url for url in urls if url.endswith("/debian-security")), "")
    return main, security or f"{main}-security"


def _unpack(pieces: Iterable[bytes], folder: Path) -> None:
    with tempfile.TemporaryFile() as file:
        for piece in pieces:
            file.write(piece)
        file.seek(0)
        with tarfile.open(fileobj=file) as held:
            held.extractall(folder, filter="data")


def _environment(environ: Mapping[str, str], cache: Path) -> dict[str, str]:
    told = network.outward(environ, cache)
    return {
        **told,
        "PATH": _with_sbin(told.get("PATH", os.defpath)),
        "DEBIAN_FRONTEND": "noninteractive",
        "LC_ALL": "C",
    }


def _with_sbin(path: str) -> str:
    """debootstrap lives where only root's PATH looks."""
    return f"{path}:/usr/sbin:/sbin"


def _run(
    argv: list[str], attempt: str, environ: Mapping[str, str], output: IO[bytes] | None = None
) -> None:
    try:
        ended = subprocess.run(
            argv,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=output or subprocess.PIPE,
            stderr=subprocess.PIPE if output else subprocess.STDOUT,
            timeout=_PATIENCE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoDebian(f"cannot {attempt}: {error}") from error
    if ended.returncode:
        said = (ended.stderr if output else ended.stdout).decode(errors="replace")
        raise NoDebian(f"cannot {attempt}: {explained(said)}")


def explained(said: str) -> str:
    """Return what apt or debootstrap said in one line, with what to do."""
    lines = [line.strip() for line in said.splitlines() if line.strip()] or ["it said nothing"]
    told = next((line for line in lines if line.startswith("E:")), lines[-1])
    found = (text for sign, text in _REMEDIES if sign in said)
    return f"{told[:240]}; {next(found, 'run it again')}"
