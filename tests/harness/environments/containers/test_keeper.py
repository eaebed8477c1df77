"""The first process of a container, run here in folders of the test: what it begins, ends and hands on."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from harness.environments.containers import keeper

_SHOW = """
import os, pathlib, signal, sys
given, state = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
found = sorted(os.listdir(state))
(state / "kept").touch()
print(os.environ["SECRET"], (given / "token").read_text(), found, flush=True)
signal.pause()
"""


class Kept:
    """A keeper, and the folders that it empties."""

    def __init__(self, folder: Path) -> None:
        self.given, self.state, self.scratch = (folder / one for one in ("given", "state", "tmp"))
        for each in (self.given, self.state, self.scratch):
            each.mkdir()
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", keeper.__file__, self.given, self.state, self.scratch],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def order(self, **order: Any) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        self.process.stdin.flush()

    def begin(self, life: str, program: str, *, keeps: bool = False, token: str = "one") -> None:
        argv = [sys.executable, "-c", program, str(self.given), str(self.state)]
        self.order(
            life=life, argv=argv, environment={"SECRET": "hidden"}, folder=None,
            files={"token": token}, keeps=keeps,
        )  # fmt: skip

    def line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().decode().rstrip("\n")

    def part(self) -> psutil.Process:
        (child,) = psutil.Process(self.process.pid).children()
        return child


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    one = Kept(tmp_path)
    with one.process:
        yield one
        left = psutil.Process(one.process.pid).children() if one.process.poll() is None else []
        for each in (one.process, *left):  # in a container, what is below ends with it
            each.kill()


def test_a_part_finds_its_files_and_secrets_after_the_mark_of_its_life(kept: Kept) -> None:
    kept.begin("users of rig3, start 1", _SHOW)

    assert kept.line() == keeper.mark("users of rig3, start 1")
    assert json.loads(keeper.mark("a"))
    assert kept.line() == "hidden one []"
    assert (kept.given / "token").stat().st_mode & 0o777 == 0o600


def test_the_next_rig_finds_nothing_of_the_one_before(kept: Kept) -> None:
    kept.begin("users of rig3, start 1", _SHOW)
    assert [kept.line(), kept.line()][1] == "hidden one []"
    (kept.state / "folder").mkdir()
    (kept.state / "folder" / "file").touch()
    (kept.scratch / "link").symlink_to(kept.state)
    first = kept.part()

    kept.begin("users of rig4, start 1", _SHOW, token="two")

    assert [kept.line(), kept.line()][1] == "hidden two []"
    assert not first.is_running()
    assert list(kept.scratch.iterdir()) == []


def test_a_part_that_is_started_again_finds_what_it_kept(kept: Kept) -> None:
    for start, seen in ((1, "[]"), (2, "['kept']")):
        kept.begin(f"users of rig3, start {start}", _SHOW, keeps=start > 1)
        assert [kept.line(), kept.line()][1] == f"hidden one {seen}"


def test_between_two_lives_nothing_runs_and_nothing_is_left(kept: Kept) -> None:
    kept.begin("users of rig3, start 1", _SHOW)
    assert [kept.line(), kept.line()]
    part = kept.part()

    kept.order()

    psutil.wait_procs([part], timeout=10)
    assert not part.is_running()
    kept.begin("users of rig4, start 1", _SHOW)
    assert [kept.line(), kept.line()][1] == "hidden one []"


def test_children_of_a_part_end_with_it(kept: Kept) -> None:
    kept.begin(
        "users of rig3, start 1",
        "import subprocess, sys\nchild = subprocess.Popen([sys.executable, '-c', "
        "'import time; time.sleep(60)'])\nprint(child.pid, flush=True)\nchild.wait()",
    )
    kept.line()
    child = psutil.Process(int(kept.line()))

    kept.order()

    psutil.wait_procs([child], timeout=10)
    assert not child.is_running()


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("raise SystemExit(3)", 3),
        ("pass", 0),
        ("import os, signal; os.kill(os.getpid(), signal.SIGABRT)", 128 + signal.SIGABRT),
    ],
)
def test_it_ends_as_its_part_ends(kept: Kept, program: str, code: int) -> None:
    kept.begin("users of rig3, start 1", program)

    assert kept.process.wait(10) == code


_TOLD = """
import signal, sys, threading
told = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: told.set())
print("listening", flush=True)
told.wait()
sys.exit(7)
"""


def test_a_part_is_told_to_end_when_its_container_is(kept: Kept) -> None:
    kept.begin("users of rig3, start 1", _TOLD)
    assert [kept.line(), kept.line()][1] == "listening"

    kept.process.terminate()

    assert kept.process.wait(10) == 7


def test_without_a_part_it_ends_when_it_is_told_to(kept: Kept) -> None:
    kept.begin("users of rig3, start 1", _TOLD)
    assert [kept.line(), kept.line()][1] == "listening"
    part = kept.part()
    kept.order()
    psutil.wait_procs([part], timeout=10)

    kept.process.terminate()

    assert kept.process.wait(10) == 128 + signal.SIGTERM


def test_it_goes_on_when_nobody_listens_to_it_any_more(kept: Kept) -> None:
    kept.begin("users of rig3, start 1", _TOLD)
    assert [kept.line(), kept.line()]
    assert kept.process.stdin
    kept.process.stdin.close()

    assert kept.part().is_running()
    kept.process.terminate()
    assert kept.process.wait(10) == 7
