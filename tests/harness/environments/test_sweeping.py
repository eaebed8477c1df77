"""Sweeping asks Docker only where there is a reason to."""

import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.environments import sweeping
from harness.environments.containers import layout, leftovers
from harness.warden import folders


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Remember that Docker was looked into; a run `old` is found there."""
    times: list[str] = []

    def sweep(is_dead: Any) -> list[str]:
        times.append("asked")
        return ["old"]

    monkeypatch.setattr(leftovers, "sweep", sweep)
    return times


def _settings(runs: Path, docker: str = "tcp://127.0.0.1:1") -> Any:
    return SimpleNamespace(runs_folder=runs, surroundings={"DOCKER_HOST": docker})


def test_docker_is_not_asked_after_runs_that_did_not_use_it(
    tmp_path: Path, asked: list[str]
) -> None:
    folders.take(tmp_path / "dead").lock.close()

    assert sweeping.sweep(_settings(tmp_path), in_docker=False) == ["dead"]
    assert asked == []


def test_docker_is_asked_after_a_dead_run_that_used_it(tmp_path: Path, asked: list[str]) -> None:
    folders.take(tmp_path / "dead").lock.close()
    (tmp_path / "dead" / layout.MARK).touch()

    assert sweeping.sweep(_settings(tmp_path), in_docker=False) == ["dead", "old"]


def test_docker_is_asked_when_it_is_to_be_looked_into(tmp_path: Path, asked: list[str]) -> None:
    assert sweeping.sweep(_settings(tmp_path / "none"), in_docker=True) == ["old"]


def test_an_engine_that_is_gone_leaves_nothing_to_ask(tmp_path: Path, asked: list[str]) -> None:
    with socket.socket(socket.AF_UNIX) as gone:
        gone.bind(str(tmp_path / "docker.sock"))

    dead = _settings(tmp_path / "none", f"unix://{tmp_path}/docker.sock")
    assert sweeping.sweep(dead, in_docker=True) == []
    assert asked == []
