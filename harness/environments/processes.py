"""Child processes that cannot outlive the warden, announce themselves, and keep their log in a file.

Everything runs on one event loop without threads: the parent-death signal belongs to the thread that
forked, and a fork in a threaded process may deadlock.
"""

import asyncio
import ctypes
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness import patience
from harness.environments.contract import CannotStart

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Command:
    """How to start a child.

    Shape:  it announces itself with a line of JSON, unless `answers_when` names a file (a unix
            socket) that shows it, or somebody else says that it serves (`announces` is False).
    """

    name: str
    argv: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    log: Path
    answers_when: Path | None = None
    announces: bool = True

    @property
    def speaks(self) -> bool:
        """Is its first line of output for us, and not for its log?"""
        return self.announces and self.answers_when is None


class Child:
    """A running child process; it leads a process group of its own."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.announced: dict[str, Any] = {}
        self.addresses: Mapping[str, str] = {}
        self.inside: Mapping[str, str] = {}
        self.end_expected = False
        self._loop = asyncio.get_running_loop()
        self._exit: asyncio.Future[int] = self._loop.create_future()
        self._line: asyncio.Future[bytes] = self._loop.create_future()
        self._said = b""
        self._popen = self._spawn()
        self._watch_output()
        self._watch_end()

    @property
    def pid(self) -> int:
        return self._popen.pid

    def _spawn(self) -> subprocess.Popen[bytes]:
        mother = os.getpid()

        def die_with_mother() -> None:
            if _libc is not None:
                _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
                if os.getppid() != mother:  # she died before the signal was ordered
                    os._exit(1)

        with self.command.log.open("ab") as log:
            try:
                return subprocess.Popen(
                    list(self.command.argv),
                    cwd=self.command.folder,
                    env=dict(self.command.environment),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE if self.command.speaks else log,
                    stderr=log,
                    start_new_session=True,
                    preexec_fn=die_with_mother,
                )
            except OSError as error:
                raise CannotStart(
                    f"{self.command.name} cannot be started: {self.command.argv[0]}: "
                    f"{error.strerror}; run `make doctor`"
                ) from error

    def _watch_output(self) -> None:
        if self._popen.stdout is None:
            return
        pipe = self._popen.stdout.fileno()
        os.set_blocking(pipe, False)
        self._loop.add_reader(pipe, self._read_output, pipe)

    def _read_output(self, pipe: int) -> None:
        try:
            piece = os.read(pipe, 65536)
        except BlockingIOError:
            return
        if not piece:
            self._loop.remove_reader(pipe)
        if not self._line.done():
            self._said += piece
            if b"\n" in self._said:
                self._line.set_result(self._said.partition(b"\n")[0])

    def _watch_end(self) -> None:
        if hasattr(os, "pidfd_open"):
            handle = os.pidfd_open(self._popen.pid)
            self._loop.add_reader(handle, self._reap, handle)
        else:
            self._loop.call_later(patience.POLL_S, self._look_for_end)

    def _look_for_end(self) -> None:
        if self._popen.poll() is None:
            self._loop.call_later(patience.POLL_S, self._look_for_end)
        else:
            self._reap(None)

    def _reap(self, handle: int | None) -> None:
        if handle is not None:
            self._loop.remove_reader(handle)
            os.close(handle)
        if not self._exit.done():
            self._exit.set_result(self._popen.wait())

    async def ready(self, within_s: float | None = None) -> None:
        """Wait until the child has said, or shown, that it serves; longer for one that is slow.

        Errors: CannotStart with the child's last log line.
        """
        limit_s = within_s or patience.CHILD_READY_S
        told = self._told() if self.command.answers_when is None else self._shown()
        telling = asyncio.ensure_future(told)
        try:
            either: list[asyncio.Future[Any]] = [telling, self._exit]
            done, _ = await asyncio.wait(
                either,
                timeout=limit_s,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if telling in done:
                return telling.result()
        finally:
            telling.cancel()
        raise CannotStart(await self.why_not(limit_s))

    async def _told(self) -> None:
        line = await asyncio.shield(self._line)
        try:
            self.announced = json.loads(line)
        except ValueError as error:
            raise CannotStart(
                f"{self.command.name} announced itself with {line[:200]!r}, not with a line of JSON"
            ) from error

    async def _shown(self) -> None:
        assert self.command.answers_when is not None
        while True:
            try:
                _, writer = await asyncio.open_unix_connection(str(self.command.answers_when))
            except OSError:
                await asyncio.sleep(0.002)
            else:
                writer.close()
                return

    async def why_not(self, limit_s: float = patience.CHILD_READY_S) -> str:
        """Say in one line why it does not serve, with the last that it said."""
        said = [line for line in await self.logs(20) if line.strip()]
        last = said[-1] if said else "it said nothing"
        if self._exit.done():
            return f"{self.command.name} ended with {self._exit.result()} before it served: {last}"
        return (
            f"{self.command.name} did not serve within {limit_s:g} s "
            f"(last: {last}); its log is {self.command.log}"
        )

    async def ended(self) -> int:
        """Wait for the end and return the exit code, negative for a signal."""
        return await asyncio.shield(self._exit)

    async def logs(self, lines: int) -> list[str]:
        try:
            text = self.command.log.read_text(errors="replace")
        except OSError:
            return []
        return text.splitlines()[-lines:]

    def expect_end(self) -> None:
        self.end_expected = True

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self._popen.pid, number)
        except ProcessLookupError:
            pass  # it ended by itself meanwhile

    async def kill(self) -> None:
        self.expect_end()
        self._signal(signal.SIGKILL)

    async def terminate(self) -> None:
        """Tell it to end; whether it does is to be seen."""
        self.expect_end()
        self._signal(signal.SIGTERM)

    async def pause(self) -> None:
        """Return when it stands still, every thread of it."""
        self._signal(signal.SIGSTOP)
        async with asyncio.timeout(patience.FAULT_BITES_S):
            while True:
                if self._stands_still():
                    return
                await asyncio.sleep(0.002)

    def _stands_still(self) -> bool:
        import psutil

        try:
            return psutil.Process(self.pid).status() == psutil.STATUS_STOPPED
        except psutil.NoSuchProcess:
            return True

    async def resume(self) -> None:
        self._signal(signal.SIGCONT)

    async def stands_still(self) -> bool:
        import psutil

        try:
            status = psutil.Process(self._popen.pid).status()
        except psutil.NoSuchProcess:
            return False
        return bool(status == psutil.STATUS_STOPPED)

    async def end(self) -> None:
        """End it at once, with everything in its process group. It holds nothing that is kept."""
        await self.kill()
        await self.ended()
        if self._popen.stdout is not None and not self._popen.stdout.closed:
            self._loop.remove_reader(self._popen.stdout.fileno())
            self._popen.stdout.close()
