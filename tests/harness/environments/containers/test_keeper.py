"""The first process of a container, run here in folders of the test: what it begins, ends and hands on."""

import json
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from harness.environments.containers import keeper
from harness.eventually import eventually
from harness.settings import ROOT

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
            bufsize=0,
        )

    def say(self, said: bytes) -> None:
        assert self.process.stdin
        assert self.process.stdin.write(said) == len(said)

    def order(self, **order: Any) -> None:
        self.say(json.dumps(order).encode() + b"\n")

    def begin(self, life: str, program: str, **other: Any) -> None:
        self.order(**self.life(life, program, **other))

    def life(
        self, life: str, program: str, *, keeps: bool = False, token: str = "one", **other: Any
    ) -> dict[str, Any]:
        argv = [sys.executable, "-c", program, str(self.given), str(self.state)]
        return {
            "life": life, "argv": argv, "environment": {"SECRET": "hidden"}, "folder": None,
            "files": {"token": token}, "keeps": keeps, **other,
        }  # fmt: skip

    def line(self) -> str:
        assert self.process.stdout
        assert select.select([self.process.stdout], [], [], 10)[0], "nothing more is said"
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
    (kept.given / "key").touch()
    first = kept.part()

    kept.begin("users of rig4, start 1", _SHOW, token="two")

    assert [kept.line(), kept.line()][1] == "hidden two []"
    assert not first.is_running()
    assert list(kept.scratch.iterdir()) == []
    assert [each.name for each in kept.given.iterdir()] == ["token"]


_WHERE = """
import os
print(os.getcwd(), "PATH" in os.environ, os.path.samestat(os.fstat(0), os.stat(os.devnull)), flush=True)
"""


def test_a_part_lives_in_its_folder_with_what_the_container_tells_all_and_hears_no_orders(
    kept: Kept, tmp_path: Path
) -> None:
    kept.begin("users of rig3, start 1", _WHERE, folder=str(tmp_path))

    assert [kept.line(), kept.line()][1] == f"{tmp_path} True True"


def test_orders_are_taken_one_by_one_however_they_come(kept: Kept) -> None:
    lives = [f"users of rig3, start {number}" for number in (1, 2, 3)]
    programs = ["import signal; signal.pause()"] * 2 + [_SHOW]
    said = b"".join(
        json.dumps(kept.life(*each)).encode() + b"\n" for each in zip(lives, programs, strict=True)
    )

    kept.say(said[:-20])  # two and most of the third
    heard = [kept.line(), kept.line()]
    kept.say(said[-20:])

    assert [*heard, kept.line()] == [keeper.mark(life) for life in lives]
    assert kept.line() == "hidden one []"


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
    eventually(
        lambda: [*kept.state.iterdir(), *kept.given.iterdir()],
        until=lambda left: not left,
        within_s=10,
        reason="nothing to be left of the part",
    )


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


_TWO_END = """
import os, subprocess, sys
from pathlib import Path
from harness.environments.containers.keeper import Keeper
others = subprocess.Popen([sys.executable, "-c", ""])
keeper = Keeper(Path(sys.argv[1]), [])
order = {"argv": [sys.executable, "-c", "raise SystemExit(3)"], "environment": {}, "folder": None}
keeper.obey({**order, "life": "", "files": {}})
for each in (others, keeper._part):
    os.waitid(os.P_PID, each.pid, os.WEXITED | os.WNOWAIT)
keeper.reap()
"""


def test_of_several_that_end_at_once_it_misses_none(tmp_path: Path) -> None:
    """The kernel tells of them together, and a container's first process inherits other children."""
    done = subprocess.run([sys.executable, "-c", _TWO_END, tmp_path], cwd=ROOT)

    assert done.returncode == 3


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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_without_a_part_it_ends_when_it_is_told_to(kept: Kept, number: signal.Signals) -> None:
    kept.begin("users of rig3, start 1", _TOLD)
    assert [kept.line(), kept.line()][1] == "listening"
    part = kept.part()
    kept.order()
    psutil.wait_procs([part], timeout=10)

    kept.process.send_signal(number)

    assert kept.process.wait(10) == 128 + number


def test_it_goes_on_when_nobody_listens_to_it_any_more(kept: Kept) -> None:
    kept.begin("users of rig3, start 1", _TOLD)
    assert [kept.line(), kept.line()]
    assert kept.process.stdin
    kept.process.stdin.close()

    assert kept.part().is_running()
    kept.process.terminate()
    assert kept.process.wait(10) == 7
