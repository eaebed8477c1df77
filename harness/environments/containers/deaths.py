"""Hears of every container of a run that ends: one thread on Docker's event stream."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

from harness.environments.containers import layout, streams

ENGINE_GONE = 125
"""The exit code that parts are said to have ended with when Docker itself is gone."""

_ATTEMPTS = 3


def code_of(exit_code: int) -> int:
    """Return an exit code as a process has it: negative for a signal."""
    return 128 - exit_code if 128 < exit_code < 160 else exit_code


class Deaths:
    """Fulfils, on the loop, the future of a container that ended."""

    def __init__(self, stream: Callable[..., Any], run: str) -> None:
        self._open_stream = stream
        self._run = run
        self._loop = asyncio.get_running_loop()
        self._awaited: dict[str, asyncio.Future[int]] = {}
        self._stream: Any = None
        self._since = time.time()
        self._seen_ns = 0
        self._over = False
        self._engine_gone = False
        self._thread = threading.Thread(target=self._listen, name="docker events", daemon=True)
        self._thread.start()

    def of(self, container: str) -> "asyncio.Future[int]":
        """Return a future of the exit code; asked before a container starts, it misses nothing.

        May be called from any thread.
        """
        future = self._loop.create_future()
        self._awaited[container] = future
        if self._engine_gone:
            future.set_result(ENGINE_GONE)
        return future

    def close(self) -> None:
        self._over = True
        if self._stream is not None:
            with contextlib.suppress(Exception):
                self._stream.close()

    def _listen(self) -> None:
        """Read until closed; a broken stream is taken up where it ended."""
        for _ in range(_ATTEMPTS):
            with contextlib.suppress(Exception):  # whatever the layers below call a broken stream
                self._read()
            if self._over:
                return
        self._tell(self._all_gone)

    def _read(self) -> None:
        filters = {"label": f"{layout.RUN}={self._run}", "event": "die", "type": "container"}
        self._stream = self._open_stream(since=int(self._since), decode=True, filters=filters)
        for event in streams.read(self._stream):
            if event["timeNano"] <= self._seen_ns:  # told again after the stream broke
                continue
            self._since, self._seen_ns = event["time"], event["timeNano"]
            exit_code = int(event["Actor"]["Attributes"].get("exitCode", ENGINE_GONE))
            self._tell(self._ended, event["Actor"]["ID"], code_of(exit_code))

    def _tell(self, deed: Callable[..., None], *arguments: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody wants to know
            self._loop.call_soon_threadsafe(deed, *arguments)

    def _ended(self, container: str, code: int) -> None:
        future = self._awaited.get(container)
        if future is not None and not future.done():
            future.set_result(code)

    def _all_gone(self) -> None:
        self._engine_gone = True
        for future in self._awaited.values():
            if not future.done():
                future.set_result(ENGINE_GONE)
