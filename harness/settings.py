"""What the surroundings say, read once: nothing else in the harness touches the environment."""

import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: where features, steps and the subjects are."""

_IMAGE = "GATEPROOF_IMAGE_"
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")


@dataclass(frozen=True, slots=True)
class Settings:
    """Shape: child_environment is what every child process gets, before its own settings;
    surroundings is all that the caller has, for tools of the caller's that fetch (pip, Maven, apt);
    cache_folder keeps what was fetched; image_choices maps the name of an image to a reference."""

    runs_folder: Path
    venv: Path
    path: str
    child_environment: Mapping[str, str]
    surroundings: Mapping[str, str] = field(default_factory=dict)
    cache_folder: Path = Path("~/.cache/gateproof")
    images_file: Path | None = None
    image_choices: Mapping[str, str] = field(default_factory=dict)


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
        surroundings=dict(seen),
        cache_folder=_cache_folder(seen),
        images_file=Path(named) if (named := seen.get("GATEPROOF_IMAGES", "").strip()) else None,
        image_choices={
            name.removeprefix(_IMAGE).lower(): value.strip()
            for name, value in seen.items()
            if name.startswith(_IMAGE) and value.strip()
        },
    )


def _cache_folder(seen: Mapping[str, str]) -> Path:
    """GATEPROOF_CACHE, else the user's folder for caches: Kafka's jars, wheels, Debian packages."""
    if own := seen.get("GATEPROOF_CACHE", "").strip():
        return Path(own).expanduser().absolute()
    base = seen.get("XDG_CACHE_HOME", "").strip()
    return (Path(base) if base else Path("~/.cache").expanduser()) / "gateproof"
