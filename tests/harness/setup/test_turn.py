"""Two setups at once: one waits until the other has ended, however it ended."""

import io
import subprocess
import sys
import threading
from pathlib import Path

from harness.setup import turn
from harness.setup.progress import Progress

_HOLDER = """
import sys
from pathlib import Path
from harness.setup import turn
from harness.setup.progress import Progress
with turn.taken(Path(sys.argv[1]), Progress(sys.stdout)):
    print("held", flush=True)
    sys.stdin.read()
"""


def _holder(file: Path) -> subprocess.Popen[str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


class _Heard(io.StringIO):
    """A stream that tells when something was written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = threading.Event()

    def write(self, text: str) -> int:
        count = super().write(text)
        self.written.set()
        return count


def test_the_second_waits_and_says_so(tmp_path: Path) -> None:
    file, heard, had = tmp_path / "state" / "lock", _Heard(), threading.Event()

    def second() -> None:
        with turn.taken(file, Progress(heard)):
            had.set()

    with _holder(file) as holder:
        waiting = threading.Thread(target=second)
        waiting.start()
        assert heard.written.wait(10)
        assert not had.is_set()
        holder.communicate("")
        waiting.join(10)

    assert had.is_set()
    assert heard.getvalue() == "setup: another setup is under way here, waiting for it\n"


def test_a_holder_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    file, heard = tmp_path / "lock", io.StringIO()
    with _holder(file) as holder:
        holder.kill()

    with turn.taken(file, Progress(heard)):
        assert heard.getvalue() == ""


def test_a_child_that_inherits_the_lock_keeps_it(tmp_path: Path) -> None:
    """pip goes on when the setup that started it is killed; nobody else may start meanwhile."""
    file, heard, had = tmp_path / "lock", _Heard(), threading.Event()
    with turn.taken(file, Progress(heard)) as lock:
        child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=(lock,))

    def second() -> None:
        with turn.taken(file, Progress(heard)):
            had.set()

    with child:
        waiting = threading.Thread(target=second)
        waiting.start()
        assert heard.written.wait(10)
        assert not had.is_set()
        child.communicate(b"")
        waiting.join(10)
    assert had.is_set()
