"""Where results come from: the commit, the machine, the versions of what took part."""

import os
import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from harness.environments.contract import Environment, TellsVersions

_GIT = ("git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*")
_LIBRARIES = ("pytest", "pytest-bdd", "httpx")


def gateproof() -> str:
    return version("gateproof")


def commit(root: Path) -> tuple[str | None, bool | None]:
    """Return the commit of a checkout and whether it was changed; None where git knows neither."""
    try:
        done = subprocess.run(
            _GIT, cwd=root, capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None, None
    said = done.stdout.strip()
    if done.returncode or not said:
        return None, None
    return said.removesuffix("-dirty"), said.endswith("-dirty")


def machine() -> dict[str, Any]:
    """Say what kind of machine this is, and nothing that names it."""
    import psutil

    return {
        "system": f"{platform.system()} {platform.release()}",
        "arch": platform.machine(),
        "processors": os.cpu_count(),
        "memory_mib": psutil.virtual_memory().total // 2**20,
        "python": platform.python_version(),
    }


def versions(environment: Environment) -> Mapping[str, str]:
    libraries = {name: version(name) for name in _LIBRARIES}
    told = environment.versions() if isinstance(environment, TellsVersions) else {}
    return {**told, **libraries}


def images(environment: Environment) -> Mapping[str, Mapping[str, str]]:
    return environment.images() if isinstance(environment, TellsVersions) else {}
