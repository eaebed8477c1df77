"""Which wheels an image needs: from what it asks for to all that stands behind it. Pure but for reading."""

import email
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from harness.images.content import PYTHON


class LacksWheel(Exception):
    """A package that is needed has no wheel among those that were fetched."""


@dataclass(frozen=True, slots=True)
class Wheel:
    """Shape: requires as in its metadata."""

    name: str
    version: str
    file: Path
    requires: tuple[str, ...]


def read(folder: Path) -> dict[str, Wheel]:
    """Read every wheel of a folder, by name."""
    return {wheel.name: wheel for wheel in map(_read, sorted(folder.glob("*.whl")))}


def _read(file: Path) -> Wheel:
    name, version, _, _ = parse_wheel_filename(file.name)
    with zipfile.ZipFile(file) as held:
        metadata = next(one for one in held.namelist() if one.endswith(".dist-info/METADATA"))
        told = email.message_from_bytes(held.read(metadata))
    requires = tuple(str(one) for one in told.get_all("Requires-Dist") or ())
    return Wheel(str(name), str(version), file, requires)


def target(machine: str) -> dict[str, str]:
    """Return what markers see inside the image. Shape: machine as of `uname -m`."""
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{PYTHON}.0",
        "os_name": "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": f"{PYTHON}.0",
        "python_version": PYTHON,
        "sys_platform": "linux",
    }


def closure(
    roots: Iterable[str], wheels: Mapping[str, Wheel], environment: Mapping[str, str]
) -> list[Wheel]:
    """Return every wheel that the roots need, by name.

    Shape:  roots are requirements, as in pyproject.toml.
    Errors: LacksWheel.
    """
    needed: dict[str, Wheel] = {}
    seen: set[tuple[str, str]] = set()
    open_ends = [(Requirement(root), "what is asked for") for root in roots]
    while open_ends:
        requirement, asker = open_ends.pop()
        name = canonicalize_name(requirement.name)
        if name not in wheels:
            raise LacksWheel(
                f"{asker} needs {name}, which requirements.lock does not have; make lock"
            )
        needed[name] = wheels[name]
        # without an extra as well as with each: a marker names at most one
        for extra in ("", *requirement.extras):
            if (name, extra) not in seen:
                seen.add((name, extra))
                open_ends += [(one, name) for one in _behind(wheels[name], extra, environment)]
    return [needed[name] for name in sorted(needed)]


def _behind(wheel: Wheel, extra: str, environment: Mapping[str, str]) -> list[Requirement]:
    found = map(Requirement, wheel.requires)
    return [one for one in found if _holds(one.marker, {**environment, "extra": extra})]


def _holds(marker: Marker | None, environment: dict[str, str]) -> bool:
    return marker is None or marker.evaluate(environment)


def applicable(lock: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the entries of a universal lock that count there, by name: with hashes, without markers.

    pip would judge the markers by the Python that it runs on, not by the one that it fetches for.
    """
    entries: dict[str, str] = {}
    for block in re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"^#.*\n", "", lock, flags=re.MULTILINE)):
        head, _, hashes = block.strip().partition("\n")
        pin, _, marker = head.removesuffix("\\").partition(";")
        if _holds(Marker(marker) if marker.strip() else None, {**environment, "extra": ""}):
            entries[canonicalize_name(pin.partition("==")[0])] = f"{pin.strip()} \\\n{hashes}\n"
    return entries


def pinned(wheels: Iterable[Wheel], entries: Mapping[str, str]) -> str:
    """Return the lock of these wheels alone."""
    return "".join(entries[wheel.name] for wheel in wheels)
