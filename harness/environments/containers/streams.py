"""The standard streams of a running container: orders go in, lines come out. Blocking: for threads."""

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from typing import Any


class Orders:
    """Writes lines to the standard input of a container.

    One for as long as the container runs: of two, the engine may hand on first what was written last.
    """

    def __init__(self, container: Any) -> None:
        self._stream = container.attach_socket(params={"stdin": 1, "stream": 1})

    def give(self, order: Mapping[str, Any]) -> None:
        line = json.dumps(order).encode() + b"\n"
        if hasattr(self._stream, "sendall"):  # TLS
            self._stream.sendall(line)
            return
        while line:
            line = line[os.write(self._stream.fileno(), line) :]

    def close(self) -> None:
        self._stream._response.close()  # closing the stream alone leaves its socket open


class Following:
    """Reads the standard output of a container while it comes. May be closed from another thread."""

    def __init__(self, container: Any, since_s: float | None) -> None:
        self._container = container
        self._since_s = since_s
        self._stream: Any = None
        self._closed = False

    def line_after(self, mark: bytes) -> bytes | None:
        """Return the line that follows a mark; None when the output ends before."""
        lines = self._lines()
        return next(lines, None) if mark in lines else None

    def _lines(self) -> Iterator[bytes]:
        self._stream = self._container.logs(
            stdout=True, stderr=False, stream=True, follow=True, since=self._since_s
        )
        if self._closed:  # before there was anything to close
            self._stream.close()
        rest = b""
        for piece in read(self._stream):
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole

    def close(self) -> None:
        self._closed = True
        if self._stream is not None:
            self._stream.close()


def read(stream: Any) -> Iterator[Any]:
    """Yield what comes until the stream ends or another thread closes it; free its socket then.

    To close a stream of the SDK is to wake up who reads it: the socket stays open.
    """
    with contextlib.closing(stream._response):
        yield from stream
