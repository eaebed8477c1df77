"""The first process of a container in which parts live one after another: it begins and ends them.

It stands alone: it is copied into containers that have Python and nothing of the harness. An order is a
line of JSON on standard input: `life` names what begins, `argv`, `environment` and `folder` are how,
`files` what it finds in GIVEN, and `keeps` says whether it finds what was there before. An order without
`argv` ends what runs. When a part ends by itself, or because the container is told to, so does this.
"""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

_CHUNK = 65536


MARK = '{"keeper": "begin '
"""How the lines begin that say where in the container's log a life begins."""


def mark(life: str) -> str:
    return f'{MARK}{life}"}}'


class Keeper:
    """Shape: given is the folder of files that come with an order; emptied are all that no life hands on."""

    def __init__(self, given: Path, emptied: list[Path]) -> None:
        self._given = given
        self._emptied = [given, *emptied]
        self._part: subprocess.Popen[bytes] | None = None

    def obey(self, order: dict[str, Any]) -> None:
        self._end()
        if not order.get("keeps"):
            for folder in self._emptied:
                _empty(folder)
        if "argv" in order:
            self._begin(order)

    def _begin(self, order: dict[str, Any]) -> None:
        for name, content in order["files"].items():
            path = self._given / name
            path.unlink(missing_ok=True)
            path.touch(mode=0o600)
            path.write_text(content)
        sys.stdout.write(f"{mark(order['life'])}\n")
        sys.stdout.flush()
        self._part = subprocess.Popen(
            order["argv"],
            cwd=order["folder"],
            env={**os.environ, **order["environment"]},  # noqa: TID251 - there is no settings.py in there
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _end(self) -> None:
        """Kill the part with its children, and see it gone."""
        part, self._part = self._part, None
        if part is not None:
            with suppress(ProcessLookupError):
                os.killpg(part.pid, signal.SIGKILL)
            part.wait()

    def tell(self, number: int) -> None:
        """Hand a signal on; where nothing runs there is nothing to wait for."""
        if self._part is None:
            sys.exit(128 + number)
        self._part.send_signal(number)

    def reap(self) -> None:
        """Bury what has ended, also what nobody else will; end as the part did."""
        with suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                if self._part is not None and pid == self._part.pid:
                    code = os.waitstatus_to_exitcode(status)
                    sys.exit(code if code >= 0 else 128 - code)


def _empty(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _orders(waiting: bytearray) -> Iterator[dict[str, Any]]:
    """Take every whole line."""
    while b"\n" in waiting:
        line, _, rest = bytes(waiting).partition(b"\n")
        waiting[:] = rest
        yield json.loads(line)


def main(argv: list[str]) -> None:
    """Obey until the part ends. Shape: argv are the folders GIVEN, and others to be emptied."""
    keeper = Keeper(Path(argv[0]), [Path(one) for one in argv[1:]])
    heard, rang = os.pipe()
    for end in (heard, rang):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(rang)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)  # heard below, one after the other
    listening, waiting = [heard, sys.stdin.fileno()], bytearray()
    while True:
        ready, _, _ = select.select(listening, [], [])
        if heard in ready:
            for rung in os.read(heard, _CHUNK):
                keeper.reap() if rung == signal.SIGCHLD else keeper.tell(rung)
        elif said := os.read(sys.stdin.fileno(), _CHUNK):
            waiting += said
            for order in _orders(waiting):
                keeper.obey(order)
        else:
            listening.remove(sys.stdin.fileno())  # nobody will say anything any more


if __name__ == "__main__":
    main(sys.argv[1:])
