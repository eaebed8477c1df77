"""What the surroundings say, read once: nothing else in the harness touches the environment."""

import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness import network

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: where features, steps and the subjects are."""

_IMAGE = "GATEPROOF_IMAGE_"
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")
"""No proxy is among them: what we start talks to what we start."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Shape: child_environment is what every child process gets, before its own settings;
    surroundings is all that the caller has, for tools of the caller's that fetch (pip, Maven, apt);
    cache_folder keeps what was fetched; image_choices maps the name of an image to a reference;
    step_summary is the file that GitHub Actions shows as the summary of a step.
    """

    runs_folder: Path
    venv: Path
    path: str
    child_environment: Mapping[str, str]
    surroundings: Mapping[str, str] = field(default_factory=dict)
    cache_folder: Path = Path("~/.cache/gateproof")
    images_file: Path | None = None
    image_choices: Mapping[str, str] = field(default_factory=dict)
    step_summary: Path | None = None


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment.

    PYTHONDONTWRITEBYTECODE is not handed on: it would make every child compile everything again.
    """
    seen = os.environ if environ is None else environ  # noqa: TID251 - here it is read once
    cache_folder = _cache_folder(seen)
    user = os.getuid() if hasattr(os, "getuid") else 0
    return Settings(
        runs_folder=Path(tempfile.gettempdir()) / f"gateproof-{user}",
        venv=Path(sys.prefix),
        path=seen.get("PATH", os.defpath),
        child_environment={name: seen[name] for name in _INHERITED if name in seen}
        | _trust(seen, cache_folder),
        surroundings=dict(seen),
        cache_folder=cache_folder,
        images_file=Path(named) if (named := seen.get("GATEPROOF_IMAGES", "").strip()) else None,
        image_choices={
            name.removeprefix(_IMAGE).lower(): value.strip()
            for name, value in seen.items()
            if name.startswith(_IMAGE) and value.strip()
        },
        step_summary=Path(seen["GITHUB_STEP_SUMMARY"]) if seen.get("GITHUB_STEP_SUMMARY") else None,
    )


def _trust(seen: Mapping[str, str], cache_folder: Path) -> dict[str, str]:
    """A bundle that cannot be used is `doctor`'s to tell, and a complaint of whatever fetches."""
    try:
        bundle = network.trusted(network.read(seen), seen, cache_folder)
    except network.BadNetwork:
        return {}
    return {"SSL_CERT_FILE": str(bundle)} if bundle else {}


def _cache_folder(seen: Mapping[str, str]) -> Path:
    """GATEPROOF_CACHE, else the user's folder for caches: Kafka's jars, wheels, Debian packages."""
    if own := seen.get("GATEPROOF_CACHE", "").strip():
        return Path(own).expanduser().absolute()
    base = seen.get("XDG_CACHE_HOME", "").strip()
    return (Path(base) if base else Path("~/.cache").expanduser()) / "gateproof"
