"""Commands that are heard while they run, and that do not outlive who started them."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.setup.following import follow

ENVIRON = {"PATH": os.defpath}


@pytest.fixture
def inherited(tmp_path: Path) -> Iterator[int]:
    descriptor = os.open(tmp_path / "lock", os.O_CREAT | os.O_RDWR)
    yield descriptor
    os.close(descriptor)


def test_every_line_is_heard_the_last_one_without_its_end_too(inherited: int) -> None:
    heard: list[str] = []
    argv = ["sh", "-c", r"printf 'one\ntwo\nth'; printf 'ree' >&2; exit 3"]
    code = follow(argv, ENVIRON, inherited, heard.append, lambda: None)

    assert code == 3
    assert "".join(heard).split() == ["one", "two", "three"]


def test_silence_is_looked_at(inherited: int, tmp_path: Path) -> None:
    go_on = tmp_path / "go-on"
    argv = ["sh", "-c", 'read line < "$0"', str(go_on)]
    os.mkfifo(go_on)
    seen = []

    def looked() -> None:
        seen.append("silence")
        go_on.write_text("now\n")

    assert follow(argv, ENVIRON, inherited, lambda line: None, looked) == 0
    assert seen == ["silence"]


def test_an_interruption_ends_the_command(inherited: int) -> None:
    pids: list[int] = []

    def interrupted(line: str) -> None:
        pids.append(int(line))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        follow(
            ["sh", "-c", "echo $$; exec cat /dev/zero >/dev/null"],
            ENVIRON,
            inherited,
            interrupted,
            lambda: None,
        )

    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], signal.SIGCONT)


def test_the_command_inherits_what_keeps_others_out(inherited: int) -> None:
    argv = [sys.executable, "-ESc", f"import os; os.fstat({inherited})"]

    assert follow(argv, ENVIRON, inherited, lambda line: None, lambda: None) == 0
