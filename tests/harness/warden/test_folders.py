"""The folder of a run: its owner holds a lock; what a dead owner left is swept, nothing else."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.warden import folders


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


def _abandoned(runs: Path, name: str) -> Path:
    """A folder whose owner is dead: the lock is there and nobody holds it."""
    held = folders.take(runs / name)
    held.lock.close()
    (held.path / "users.log").write_text("served")
    return held.path


def test_a_folder_is_readable_by_its_owner_alone(runs: Path) -> None:
    held = folders.take(runs / "k3f9")

    assert held.path.stat().st_mode & 0o777 == 0o700
    assert runs.stat().st_mode & 0o777 == 0o700
    held.remove()


def test_a_folder_has_one_owner(runs: Path) -> None:
    held = folders.take(runs / "k3f9")

    with pytest.raises(BlockingIOError):
        folders.take(runs / "k3f9")
    held.remove()


def test_removed_it_is_gone_with_everything_in_it(runs: Path) -> None:
    held = folders.take(runs / "k3f9")
    (held.path / "shared").mkdir()
    (held.path / "shared" / "users.log").write_text("x")

    held.remove()

    assert list(runs.iterdir()) == []


def test_a_folder_with_a_living_owner_is_not_swept(runs: Path) -> None:
    held = folders.take(runs / "alive")
    (held.path / "users.log").write_text("x")

    assert folders.sweep(runs) == []
    assert (held.path / "users.log").read_text() == "x"
    held.remove()


def test_a_folder_without_an_owner_is_swept_beside_one_that_is_not(runs: Path) -> None:
    held, dead = folders.take(runs / "alive"), _abandoned(runs, "dead")

    assert folders.sweep(runs) == ["dead"]
    assert not dead.exists()
    assert held.path.exists()
    held.remove()


def test_a_swept_folder_can_be_taken_again(runs: Path) -> None:
    _abandoned(runs, "k3f9")
    folders.sweep(runs)

    folders.take(runs / "k3f9").remove()


def test_without_any_run_there_is_nothing_to_sweep(runs: Path) -> None:
    assert folders.sweep(runs) == []
    assert not runs.exists()


def test_a_stray_file_among_the_runs_is_left(runs: Path) -> None:
    runs.mkdir()
    (runs / "notes.txt").write_text("mine")

    assert folders.sweep(runs) == []
    assert (runs / "notes.txt").read_text() == "mine"


@pytest.fixture
def lingering(runs: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that outlived its warden, with its log open in the abandoned folder."""
    path = _abandoned(runs, "dead")
    with (path / "users.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", "import sys; sys.stdin.read()"],
            stdin=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    yield process
    process.kill()
    process.wait()
    assert process.stdin is not None
    process.stdin.close()


def _remember(runs: Path, pid: int) -> None:
    held = folders.take(runs / "dead")
    held.remember(pid)
    held.lock.close()


def test_what_a_dead_owner_started_is_ended(runs: Path, lingering: subprocess.Popen[bytes]) -> None:
    _remember(runs, lingering.pid)

    folders.sweep(runs)

    assert lingering.wait(5) == -signal.SIGKILL


def test_a_stranger_that_was_given_the_same_process_id_is_left_alone(
    runs: Path, lingering: subprocess.Popen[bytes]
) -> None:
    other = _abandoned(runs, "other")
    (other / "pids").write_text(f"{lingering.pid}\n{os.getpid()}\n{2**22 - 1}\n")
    (runs / "dead" / "lock").unlink()
    (runs / "dead").rename(runs.parent / "somewhere-else")

    assert folders.sweep(runs) == ["other"]
    assert lingering.poll() is None
