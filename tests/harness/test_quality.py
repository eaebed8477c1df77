"""`make check`: every check is run and shown, and a failure says what to do."""

import io
from pathlib import Path

from harness import quality
from harness.quality import Check


def _programs(folder: Path, **scripts: str) -> Path:
    for name, script in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return folder


def _run(programs: Path, *names: str) -> tuple[int, list[str]]:
    stream, times = io.StringIO(), iter(range(100))
    checks = tuple(Check(name, (name,), f"make {name}") for name in names)
    code = quality.run(checks, programs, stream, clock=lambda: next(times))
    return code, stream.getvalue().splitlines()


def test_each_check_is_one_line_with_its_time(tmp_path: Path) -> None:
    code, lines = _run(_programs(tmp_path, one="echo noise", two="exit 0"), "one", "two")

    assert code == 0
    assert lines == ["one       ok        1.0 s", "two       ok        1.0 s"]


def test_a_failure_shows_what_was_said_and_what_to_do_and_the_rest_still_runs(
    tmp_path: Path,
) -> None:
    code, lines = _run(
        _programs(tmp_path, one="echo a.py:1 >&2; exit 3", two="exit 0"), "one", "two"
    )

    assert code == 1
    assert lines == [
        "one       failed    1.0 s",
        "a.py:1",
        "  next: make one",
        "two       ok        1.0 s",
        "check failed: one",
    ]


def test_a_program_that_is_not_there_is_a_failure_with_a_remedy(tmp_path: Path) -> None:
    code, lines = _run(tmp_path, "absent")

    assert code == 1
    assert "absent could not be started" in lines[1]
    assert "make setup" in lines[1]
