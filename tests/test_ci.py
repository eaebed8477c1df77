"""`.ci/run` takes an engine that answers, starts one where it may, and ends only what it started."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

SCRIPT = """
set -euo pipefail
scratch=$1 engine=
eval "$(sed -n '/^say()/p;/^engine_answers/,/^# The story/p' "$2")"
engine_up && echo up || echo not up
[[ -n $engine ]] && echo started || echo "not started"
engine_down
"""
DOCKERD = 'echo $$ > "$FOLDER/pid"; touch "$FOLDER/serves"; exec sleep 60'


def _run(folder: Path, **programs: str) -> str:
    """Run engine_up and engine_down with programs of our own; `docker` answers while a file is there."""
    programs = {"docker": '[ -e "$FOLDER/serves" ]', "debootstrap": ":", **programs}
    (folder / "bin").mkdir()
    for name, script in programs.items():
        (folder / "bin" / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / "bin" / name).chmod(0o755)
    ended = subprocess.run(
        ["bash", "-c", SCRIPT, "ci", str(folder), str(ROOT / ".ci" / "run")],
        env={"PATH": f"{folder / 'bin'}:/usr/bin:/bin", "FOLDER": str(folder)},
        capture_output=True, text=True, check=True, timeout=30,
    )  # fmt: skip
    return ended.stdout


def test_the_script_is_one_that_bash_reads() -> None:
    subprocess.run(["bash", "-n", str(ROOT / ".ci" / "run")], check=True)


def test_an_engine_that_answers_is_taken_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "serves").touch()

    said = _run(tmp_path, dockerd=DOCKERD)

    assert "engine answers" in said
    assert "not started" in said
    assert not (tmp_path / "pid").exists()


@pytest.mark.skipif(os.getuid() != 0, reason="only root may start an engine")
def test_an_engine_that_is_not_there_is_started_and_ended(tmp_path: Path) -> None:
    said = _run(tmp_path, dockerd=DOCKERD)

    assert "engine started" in said
    assert "\nup\nstarted" in said
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


@pytest.mark.skipif(os.getuid() != 0, reason="only root may start an engine")
def test_an_engine_that_does_not_come_up_is_said_with_its_last_words(tmp_path: Path) -> None:
    said = _run(tmp_path, dockerd="echo no overlay here; exit 1")

    assert "dockerd does not come up" in said
    assert "no overlay here" in said
    assert "not up\nnot started" in said


TWICE = """
set -euo pipefail
scratch=$1 failed=() unsteady=()
eval "$(sed -n '/^say()/p;/^step()/,/^engine_answers/p' "$2" | sed '$d')"
attempt() { echo x >> "$scratch/tried"; (( $(wc -l < "$scratch/tried") > $1 )); }
twice parity attempt "$3"
echo "failed: ${failed[*]} unsteady: ${unsteady[*]}"
"""


@pytest.mark.parametrize(
    ("failures", "said", "tried"),
    [
        (0, "failed:  unsteady: ", 1),
        (1, "failed:  unsteady: parity", 2),
        (2, "failed: parity unsteady: parity", 2),
    ],
)
def test_what_fails_once_is_told_and_what_fails_twice_decides(
    tmp_path: Path, failures: int, said: str, tried: int
) -> None:
    ended = subprocess.run(
        ["bash", "-c", TWICE, "ci", str(tmp_path), str(ROOT / ".ci" / "run"), str(failures)],
        capture_output=True, text=True, check=True, timeout=30,
    )  # fmt: skip

    assert ended.stdout.splitlines()[-1] == said
    assert len((tmp_path / "tried").read_text().splitlines()) == tried
