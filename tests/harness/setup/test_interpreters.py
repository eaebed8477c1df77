"""Which Python sets up: the one asked for, else the running one, else a newer one that runs."""

import os
import sys
from pathlib import Path

import pytest

from harness.setup import interpreters
from harness.setup.interpreters import NoPython, Python, choose

OLD = Python((3, 8, 18), "/usr/bin/python3")
NEW = Python((3, 12, 1), "/usr/bin/python3")


def _program(file: Path, script: str) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return str(file)


def _says(version: str, executable: str) -> str:
    return f"echo {version}; echo {executable}"


def test_the_running_python_is_kept_when_it_is_new_enough() -> None:
    assert choose(None, NEW, "") == NEW


def test_an_old_python_hands_over_to_a_newer_one_on_path(tmp_path: Path) -> None:
    _program(tmp_path / "python3.12", _says("3.12.4", "/opt/python3.12"))

    assert choose(None, OLD, str(tmp_path)) == Python((3, 12, 4), "/opt/python3.12")


def test_a_shim_that_does_not_run_hides_no_python_that_does(tmp_path: Path) -> None:
    _program(
        tmp_path / "shims" / "python3.13", "echo 'python3.13: command not found' >&2; exit 127"
    )
    _program(tmp_path / "bin" / "python3.13", _says("3.13.0", "/opt/python3.13"))
    path = os.pathsep.join([str(tmp_path / "shims"), str(tmp_path / "bin")])

    assert choose(None, OLD, path).executable == "/opt/python3.13"


def test_a_name_that_promises_more_than_its_python_is_passed_over(tmp_path: Path) -> None:
    _program(tmp_path / "python3.13", _says("3.9.2", "/opt/python3.9"))

    with pytest.raises(NoPython):
        choose(None, OLD, str(tmp_path))


def test_only_old_ones_are_refused_with_the_version_found_and_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(NoPython, match=r"found 3\.8\.18; install Python 3\.11 or newer"):
        choose(None, OLD, str(tmp_path))


def test_the_python_asked_for_is_taken_even_if_the_running_one_would_do(tmp_path: Path) -> None:
    asked = _program(tmp_path / "mine", _says("3.11.9", "/opt/python3.11"))

    assert choose(asked, NEW, "") == Python((3, 11, 9), "/opt/python3.11")


def test_the_python_asked_for_is_never_replaced_by_another(tmp_path: Path) -> None:
    asked = _program(tmp_path / "mine", _says("3.10.0", "/opt/python3.10"))

    with pytest.raises(NoPython, match=r"PYTHON=.*mine is Python 3\.10\.0"):
        choose(asked, NEW, str(Path(sys.executable).parent))


def test_the_python_asked_for_has_to_run() -> None:
    with pytest.raises(NoPython, match="PYTHON=/nowhere/python does not run"):
        choose("/nowhere/python", NEW, "")


def test_a_python_says_its_version_and_where_it_is() -> None:
    found = interpreters.when_run(sys.executable)

    assert found is not None
    assert found.version == sys.version_info[:3]
    assert os.path.realpath(found.executable) == os.path.realpath(sys.executable)


@pytest.mark.parametrize(
    ("argv", "expected"),
    [(["setup"], None), (["setup", "--python", "p"], "p"), (["--python"], None)],
)
def test_the_one_asked_for_is_read_from_the_arguments(
    argv: list[str], expected: str | None
) -> None:
    assert interpreters.asked_for(argv) == expected
