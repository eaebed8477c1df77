"""The runner's and the workers' side of the warden's socket. Synchronous: steps are."""

import socket
import threading
from collections.abc import Callable
from typing import Any

from harness.warden.wire import KINDS, Refused, WardenLost, pack, unpack


class WardenClient:
    """One connection. Closing it, or dying, gives up everything that was opened through it."""

    def __init__(self, path: str, role: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._asking = threading.Lock()
        self._writing = threading.Lock()
        self._number = 0
        try:
            self._socket.connect(path)
        except OSError as error:
            self._socket.close()
            raise WardenLost(f"the warden does not answer at {path}: {error.strerror}") from error
        self._lines = self._socket.makefile("rb")
        try:
            self.facts: dict[str, Any] = self.call("hello", role=role)
        except BaseException:
            self.close()
            raise

    def call(self, op: str, *, within_s: float | None = None, **args: Any) -> Any:
        """Ask the warden and wait for its answer.

        Errors: WardenLost, EnvironmentDied, Refused.
        """
        with self._asking:
            self._number += 1
            with self._writing:
                self._limit(within_s)
                self._send({"id": self._number, "op": op, "args": args})
            answer = self._next(op)
        if "error" in answer:
            kind, text = answer["error"]["kind"], answer["error"]["text"]
            raise KINDS.get(kind, Refused)(text)
        return answer["result"]

    def tell(self, record: dict[str, Any]) -> None:
        """Hand a record to the journal, without waiting, not even for an answer to somebody else."""
        with self._writing:
            self._send({"record": record})

    def _limit(self, within_s: float | None) -> None:
        try:
            self._socket.settimeout(within_s)
        except OSError as error:
            raise WardenLost("the warden is gone") from error

    def _send(self, message: dict[str, Any]) -> None:
        try:
            self._socket.sendall(pack(message))
        except OSError as error:
            raise WardenLost("the warden is gone") from error

    def _next(self, op: str) -> dict[str, Any]:
        try:
            line = self._lines.readline()
        except OSError as error:
            raise WardenLost(f"the warden did not answer {op!r} in time") from error
        if not line.endswith(b"\n"):
            raise WardenLost(f"the warden went away during {op!r}")
        answer = unpack(line)
        return self._next(op) if "news" in answer else answer  # its last words are for listeners

    def wait_for_hang_up(self) -> None:
        """Return when the warden has closed the connection: it has ended everything."""
        self._socket.settimeout(None)
        while self._lines.readline():
            pass  # its last news
        self.close()

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


def listen_for_news(path: str, heard: Callable[[dict[str, Any]], None]) -> threading.Thread:
    """Call `heard` with every piece of news, and with {"news": "lost"} when the warden is gone."""
    client = WardenClient(path, "listener")
    client._socket.settimeout(None)

    def listen() -> None:
        try:
            for line in client._lines:
                heard(unpack(line))
        except (OSError, ValueError):
            pass  # closed under our hands: the same as an end of file
        heard({"news": "lost"})
        client.close()

    thread = threading.Thread(target=listen, name="warden-news", daemon=True)
    thread.start()
    return thread
