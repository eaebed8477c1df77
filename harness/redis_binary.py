"""Which `redis-server` to start: the system's if PATH has one, else the one that `make setup` fetched."""

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

INSTALLERS = (
    ("brew", "brew install redis"),
    ("apt-get", "apt install redis-server"),
    ("dnf", "dnf install redis"),
    ("yum", "yum install redis"),
    ("zypper", "zypper install redis"),
    ("pacman", "pacman -S redis"),
    ("apk", "apk add redis"),
    ("pkg", "pkg install redis"),
)
"""The first of these that PATH has says how this platform gets a redis-server."""


class NotFound(Exception):
    """There is no redis-server; the text names the one command that gets one."""


def find(path: str, venv: Path, system: Callable[[], str] = platform.system) -> Path:
    """Return the `redis-server` to start.

    Shape:  path is PATH, venv the folder that `make setup` made.
    Errors: NotFound.
    """
    if on_path := shutil.which("redis-server", path=path):
        return Path(on_path)
    binary = fetched(venv)
    if os.access(binary, os.X_OK):
        return binary
    raise NotFound(f"no redis-server on PATH and none at {binary}; {remedy(path, system())}")


def fetched(venv: Path) -> Path:
    """Where `make setup` puts a redis-server: out of `bin`, so that nobody's PATH changes."""
    return venv / "redis" / "redis-server"


def remedy(path: str, system: str) -> str:
    """Return the one command that gets this platform a redis-server."""
    if system == "Darwin":
        return "brew install redis"
    commands = (command for tool, command in INSTALLERS if shutil.which(tool, path=path))
    return next(commands, "install redis-server with the system's package manager")


def version(binary: Path) -> str | None:
    """Run it and return its version, None if it does not run."""
    try:
        answer = subprocess.run(
            [binary, "--version"], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"v=([\w.]+)", answer.stdout)
    return found[1] if found else None
