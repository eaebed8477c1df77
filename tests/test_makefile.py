"""The Makefile: every target is listed, and values reach gateproof as they were written."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROMISED = ("setup", "e2e", "test", "check", "up", "down", "doctor", "clean", "lock")
MAKEFILE = (ROOT / "Makefile").read_text()
SPOKEN = 'printf "<%s>" "$@"; echo'


def _program(file: Path, script: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose .venv is up to date and whose programs only say their arguments."""
    folder = tmp_path / "a check out"
    _program(folder / ".venv/bin/python", f'[ "$3" = check ] || {{ {SPOKEN}; }}')
    _program(folder / ".venv/bin/gateproof", SPOKEN)
    shutil.copy(ROOT / "Makefile", folder)
    return folder


def _make(checkout: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {"PATH": os.environ["PATH"]}  # noqa: TID251 - make and the shell have to be found
    return subprocess.run(
        ["make", *arguments],
        cwd=checkout,
        env={**kept, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def _said(checkout: Path, *arguments: str, **environ: str) -> str:
    answer = _make(checkout, *arguments, **environ)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


def test_bare_make_lists_every_target(checkout: Path) -> None:
    targets = re.findall(r"^([a-z0-9]+):.*## ", MAKEFILE, re.M)
    said = _said(checkout)

    assert set(PROMISED) <= set(targets)
    assert all(re.search(rf"^  make {target} +\S", said, re.M) for target in targets)


def test_every_target_is_phony() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.M)

    assert phony is not None
    assert set(phony[1].split()) == set(re.findall(r"^([a-z0-9]+):", MAKEFILE, re.M))


def test_what_is_not_set_is_not_passed(checkout: Path) -> None:
    assert _said(checkout, "e2e") == "<e2e>"


@pytest.mark.parametrize("name", ["ENV", "GATEWAY", "TAGS", "FEATURES", "JOBS", "KAFKA", "REPORT"])
def test_each_setting_becomes_the_option_of_its_name(name: str, checkout: Path) -> None:
    assert _said(checkout, "e2e", f"{name}=x") == f"<e2e><--{name.lower()}=x>"
    assert _said(checkout, "e2e", **{name: "x"}) == f"<e2e><--{name.lower()}=x>"
    assert re.search(rf"^  {name}=", _said(checkout), re.M)


def test_a_file_of_addresses_becomes_the_configuration_of_external(checkout: Path) -> None:
    said = _said(checkout, "e2e", "ENV=external", "EXTERNAL=a file.toml")

    assert said == "<e2e><--env=external><--config=a file.toml>"


@pytest.mark.parametrize(
    "value",
    [
        "@auth and not @slow",
        'it\'s "quoted"',
        "a;b|c&d>e*(f)#g",
        "$HOME",
        "$(shell touch planted)",
        "`touch planted`",
        "back\\slash",
        "--help",
    ],
)
def test_a_value_arrives_as_it_was_written(value: str, checkout: Path) -> None:
    assert _said(checkout, "e2e", f"TAGS={value}") == f"<e2e><--tags={value}>"
    assert _said(checkout, "e2e", TAGS=value) == f"<e2e><--tags={value}>"
    assert not (checkout / "planted").exists()


def test_a_shells_own_env_file_is_not_taken_for_an_environment(checkout: Path) -> None:
    assert _said(checkout, "e2e", ENV="/home/ada/.kshrc") == "<e2e>"
    assert _said(checkout, "e2e", "ENV=other/place") == "<e2e><--env=other/place>"


def test_up_gets_its_environment_and_down_nothing(checkout: Path) -> None:
    assert _said(checkout, "up", "ENV=embedded") == "<up><--env=embedded>"
    assert _said(checkout, "down", "ENV=embedded") == "<down>"


def test_children_may_write_bytecode(checkout: Path) -> None:
    _program(checkout / ".venv/bin/gateproof", "echo ${PYTHONDONTWRITEBYTECODE-unset}")

    assert _said(checkout, "e2e", PYTHONDONTWRITEBYTECODE="1") == "unset"


def test_make_test_runs_pytest_on_tests_and_features(checkout: Path) -> None:
    said = _said(checkout, "test", "TESTARGS=-k 'one or two'")

    assert said == "<-m><pytest><tests><features><--no-cov><-k><one or two>"


def test_a_failing_run_fails_make(checkout: Path) -> None:
    _program(checkout / ".venv/bin/gateproof", "exit 3")

    assert _make(checkout, "e2e").returncode != 0


def test_clean_keeps_the_venv_unless_all_is_asked_for(checkout: Path) -> None:
    (checkout / "harness/__pycache__").mkdir(parents=True)
    (checkout / ".mypy_cache").mkdir()

    assert _said(checkout, "clean") == "<clean>"
    assert sorted(file.name for file in checkout.iterdir()) == [".venv", "Makefile", "harness"]
    assert list((checkout / "harness").iterdir()) == []
    _said(checkout, "clean", "ALL=1")
    assert not (checkout / ".venv").exists()


def test_clean_all_removes_a_venv_that_does_not_work(checkout: Path) -> None:
    _program(checkout / ".venv/bin/gateproof", "exit 1")

    assert _make(checkout, "clean").returncode != 0
    assert _make(checkout, "clean", "ALL=1").returncode == 0
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("target", ["setup", "doctor", "lock"])
def test_a_machine_without_python_is_told_to_install_it(target: str, checkout: Path) -> None:
    shutil.rmtree(checkout / ".venv")
    _program(checkout / "bin/python3", "exit 127")
    make = shutil.which("make")
    answer = subprocess.run(
        [str(make), target],
        cwd=checkout,
        env={"PATH": str(checkout / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode != 0
    assert "no Python found; install Python 3.11 or newer" in answer.stderr


def test_a_target_sets_up_first_when_something_changed(checkout: Path) -> None:
    _program(checkout / ".venv/bin/python", "exit 1")
    _program(checkout / "bin/python3", f'[ "$1" = -c ] || {{ {SPOKEN}; }}')
    path = f"{checkout / 'bin'}{os.pathsep}{os.environ['PATH']}"  # noqa: TID251 - as above

    said = _said(checkout, "e2e", PATH=path)
    assert said == "<-ESm><harness.bootstrap><setup><--quiet>\n<e2e>"
