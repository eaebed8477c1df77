"""The command behind `make load`: what it refuses, what it publishes, how Locust's home is made."""

import subprocess
from pathlib import Path

import pytest

from load import journeys, locust_home
from load.locust_home import NoLocust


def test_plans_grow_with_the_budget() -> None:
    def minutes(budget: int) -> list[int]:
        return [
            plugin["config"]["minute"]
            for service in journeys._document(budget)["services"]
            for plugin in service["plugins"]
            if plugin["name"] == "rate-limiting"
        ]

    assert minutes(1) == [3, 10]
    assert minutes(200) == [600, 2000]


@pytest.mark.parametrize("bad", ["--people", "--seconds", "--processes", "--budget"])
def test_numbers_start_at_one(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert journeys.main([bad, "0"]) == 2
    assert "start at 1" in capsys.readouterr().err


def test_a_home_that_cannot_be_made_is_one_line_and_exit_code_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_home() -> Path:
        raise NoLocust("Locust's environment cannot be made: no index")

    monkeypatch.setattr(journeys, "locust", no_home)

    assert journeys.main([]) == 3
    assert capsys.readouterr().err == "load: Locust's environment cannot be made: no index\n"


def test_a_home_is_made_once_and_again_when_its_lock_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def run(*argv: str) -> None:
        made.append(argv[2])
        (tmp_path / "home/bin").mkdir(parents=True, exist_ok=True)
        (tmp_path / "home/bin/locust").touch()

    lock = tmp_path / "lock"
    lock.write_text("locust==1")
    monkeypatch.setattr(locust_home, "LOCK", lock)
    monkeypatch.setattr(locust_home, "HOME", tmp_path / "home")
    monkeypatch.setattr(locust_home, "_run", run)

    locust_home.locust()
    locust_home.locust()
    assert made == ["venv", "pip"]
    lock.write_text("locust==2")
    locust_home.locust()
    assert made == ["venv", "pip", "venv", "pip"]


def test_what_pip_complains_of_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object, **__: object) -> object:
        return subprocess.CompletedProcess([], 1, "", "noise\nERROR: no matching distribution\n")

    monkeypatch.setattr(subprocess, "run", failing)

    with pytest.raises(NoLocust, match="ERROR: no matching distribution; is a package index"):
        locust_home._run("pip")
