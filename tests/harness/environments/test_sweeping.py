"""Sweeping asks Docker only where there is a reason to."""

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


def _settings(runs: Path) -> Any:
    return SimpleNamespace(runs_folder=runs)


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
