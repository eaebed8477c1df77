"""`.ci/run` takes what answers, makes what it may, and ends only what it started."""

import os
import shutil
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


COMPOSE = """
set -euo pipefail
scratch=$1
eval "$(sed -n '/^say()/p;/^# compose_up/,/^# browser_up/p' "$2")"
SECONDS=0
compose_up && echo up || echo not up
"""
DOCKER = 'test -x "$DOCKER_CONFIG/cli-plugins/docker-compose"'
GO = '[ "$1" != build ] || echo plugin > plugin'


def _compose_up(folder: Path, **programs: str) -> str:
    """Run compose_up; its docker answers where its plugin is, and nothing else is on PATH."""
    (folder / "bin").mkdir()
    for name, script in {"docker": DOCKER, **programs}.items():
        (folder / "bin" / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / "bin" / name).chmod(0o755)
    for name in ("sed", "mkdir", "install", "tail"):
        (folder / "bin" / name).symlink_to(str(shutil.which(name)))
    ended = subprocess.run(
        [str(shutil.which("bash")), "-c", COMPOSE, "ci", str(folder), str(ROOT / ".ci" / "run")],
        env={"PATH": str(folder / "bin"), "DOCKER_CONFIG": str(folder / "config")},
        capture_output=True, text=True, check=True, timeout=30,
    )  # fmt: skip
    return ended.stdout


def test_a_compose_that_answers_is_taken_as_it_is(tmp_path: Path) -> None:
    assert _compose_up(tmp_path, docker=":", go="exit 1").split() == ["up"]


def test_a_compose_that_is_not_there_is_built_where_docker_looks(tmp_path: Path) -> None:
    said = _compose_up(tmp_path, go=GO)

    assert "building Docker Compose v" in said
    assert said.endswith("\nup\n")
    plugin = tmp_path / "config" / "cli-plugins" / "docker-compose"
    assert plugin.read_text() == "plugin\n"


@pytest.mark.parametrize(
    ("programs", "reasons"),
    [
        ({}, ["no plugin for it, and there is no Go"]),
        ({"go": "echo no such version; exit 1"}, ["could not be built", "no such version"]),
        ({"go": GO, "docker": "echo exec format error; exit 1"}, ["not be built", "format error"]),
    ],
)
def test_a_compose_that_cannot_be_had_is_said_with_the_reason(
    tmp_path: Path, programs: dict[str, str], reasons: list[str]
) -> None:
    said = _compose_up(tmp_path, **programs)

    assert all(reason in said for reason in reasons)
    assert said.endswith("\nnot up\n")


COMPOSED = """
set -euo pipefail
eval "$(sed -n '/^composed()/,/^}/p' "$1")"
make() { echo "$1"; local wanted="$1_code"; eval "${!wanted:-:}"; }
code=0
composed | cat || code=$?
echo "code $code"
"""


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ({}, "up e2e down code 0"),
        ({"up_code": "return 2"}, "up code 2"),
        ({"e2e_code": "return 7"}, "up e2e down code 7"),
        ({"down_code": "return 3"}, "up e2e down code 3"),
        ({"e2e_code": "kill -TERM $BASHPID"}, "up e2e down code 143"),
    ],
)
def test_the_compose_demo_is_ended_whatever_becomes_of_the_features(
    codes: dict[str, str], said: str
) -> None:
    ended = subprocess.run(
        ["bash", "-c", COMPOSED, "ci", str(ROOT / ".ci" / "run")], env={"PATH": "/usr/bin:/bin", **codes},
        capture_output=True, text=True, check=True, timeout=30,
    )  # fmt: skip

    assert ended.stdout.split() == said.split()


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
