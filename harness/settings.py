"""What the surroundings say, read once: nothing else in the harness touches the environment."""

import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: where features, steps and the subjects are."""

_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")


@dataclass(frozen=True, slots=True)
class Settings:
    """Shape: child_environment is what every child process gets, before its own settings."""

    runs_folder: Path
    venv: Path
    path: str
    child_environment: Mapping[str, str]


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment.

    PYTHONDONTWRITEBYTECODE is not handed on: it would make every child compile everything again.
    """
    seen = os.environ if environ is None else environ  # noqa: TID251 - here it is read once
    user = os.getuid() if hasattr(os, "getuid") else 0
    return Settings(
        runs_folder=Path(tempfile.gettempdir()) / f"gateproof-{user}",
        venv=Path(sys.prefix),
        path=seen.get("PATH", os.defpath),
        child_environment={name: seen[name] for name in _INHERITED if name in seen},
    )
