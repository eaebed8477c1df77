"""The demo in Compose: what does not come up leaves nothing, and what a killed `up` left is ended first."""

import argparse
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.commands import compose_demo, demo
from harness.environments import compose_project
from harness.environments.compose_project import Project
from harness.environments.contract import CannotStart
from harness.settings import Settings

FAILS = 'case "$*" in *" up "*) echo "no space left on device" >&2; exit 1;; esac'


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Settings]:
    """A machine whose docker is a script; it notes what it was asked, and the project is kept elsewhere."""

    def make(script: str = "") -> Settings:
        (tmp_path / "docker").write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n{script}\n')
        (tmp_path / "docker").chmod(0o755)
        path = f"{tmp_path}:/usr/bin:/bin"
        return Settings(tmp_path, tmp_path, path, {}, surroundings={"PATH": path})

    folder = tmp_path / "compose"
    monkeypatch.setattr(compose_demo, "Project", lambda settings: Project(settings, folder))
    monkeypatch.setattr(compose_demo, "chosen", lambda _: {})
    monkeypatch.setattr(compose_project, "FOLDER", folder)
    monkeypatch.setattr(demo, "UP", tmp_path / "up.json")
    return make


def _asked(folder: Path) -> list[str]:
    known = ("config", "up", "ps", "down")
    lines = (folder / "asked").read_text().splitlines()
    return [word for line in lines for word in line.split() if word in known]


def test_what_does_not_come_up_is_taken_down(
    machine: Callable[..., Settings], tmp_path: Path
) -> None:
    with pytest.raises(CannotStart, match="docker compose up failed: no space left on device"):
        compose_demo.up(machine(FAILS), [], demo.DEMO)

    assert _asked(tmp_path) == ["config", "up", "ps", "down"]
    assert not (tmp_path / "compose").exists()


def test_what_can_neither_come_up_nor_down_is_said_with_both_reasons(
    machine: Callable[..., Settings],
) -> None:
    gone = 'case "$*" in *" down "*) echo "the daemon is gone" >&2; exit 1;; esac'

    with pytest.raises(
        CannotStart, match=r"no space left on device.*make down.*the daemon is gone"
    ):
        compose_demo.up(machine(f"{FAILS}\n{gone}"), [], demo.DEMO)


def test_what_a_killed_up_left_is_ended_before_secrets_are_made_anew(
    machine: Callable[..., Settings], tmp_path: Path
) -> None:
    (tmp_path / "compose").mkdir()

    with pytest.raises(CannotStart):
        compose_demo.up(machine(FAILS), [], demo.DEMO)

    assert _asked(tmp_path)[0] == "down"


def test_down_ends_a_project_of_which_only_the_folder_is_known(
    machine: Callable[..., Settings],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    here = machine()
    monkeypatch.setattr(demo, "read", lambda: here)
    monkeypatch.setattr(
        compose_project, "Project", lambda settings: Project(settings, tmp_path / "compose")
    )
    (tmp_path / "compose").mkdir()

    assert demo.down(argparse.Namespace()) == 0
    assert capsys.readouterr().out == f"down (run {compose_project.NAME})\n"
    assert not (tmp_path / "compose").exists()


def test_down_without_the_plugin_says_so_and_keeps_what_is_needed_to_end_it(
    machine: Callable[..., Settings],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    here = machine('[ "$1" = compose ] && exit 1')
    monkeypatch.setattr(demo, "read", lambda: here)
    (tmp_path / "compose").mkdir()

    assert demo.down(argparse.Namespace()) == 3
    assert "plugin `compose` (v2) is missing" in capsys.readouterr().err
    assert (tmp_path / "compose").exists()
