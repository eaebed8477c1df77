"""Logs: one JSON object a line on standard error, all of one turn of the event loop in one write.

Every line has `at` (seconds since the epoch), `level` and `message`. An access line (`message`
is "request") has the fields of `gateway.witness.AccessLine`; every other line says in its
`message` what happened, and in fields of its own what it happened to (`error`, `version`,
`serving`, `routes`, `events`, `request_id`, `status`). No line ever holds a credential.
"""

import asyncio
import os
from time import time
from typing import Any

import msgspec

LEVELS = ("debug", "info", "warning", "error")


class Log:
    """Writes what is at least as important as `level`. Never raises: a full disk stops no traffic."""

    def __init__(self, level: str = "info", descriptor: int = 2) -> None:
        self._threshold = LEVELS.index(level)
        self._descriptor = descriptor
        self._encoder = msgspec.json.Encoder()
        self._lines: list[Any] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Collect lines until the loop's next turn instead of writing each at once."""
        self._loop = loop

    def wants(self, level: str) -> bool:
        return LEVELS.index(level) >= self._threshold

    def debug(self, message: str, **fields: Any) -> None:
        self.write("debug", message, fields)

    def info(self, message: str, **fields: Any) -> None:
        self.write("info", message, fields)

    def warning(self, message: str, **fields: Any) -> None:
        self.write("warning", message, fields)

    def error(self, message: str, **fields: Any) -> None:
        self.write("error", message, fields)

    def write(self, level: str, message: str, fields: dict[str, Any]) -> None:
        if self.wants(level):
            self.put({"at": round(time(), 3), "level": level, "message": message, **fields})

    def put(self, line: Any) -> None:
        """Write a whole line, whatever its level: a value that msgspec can encode."""
        if not self._lines and self._loop is not None:
            self._loop.call_soon(self.flush)
        self._lines.append(line)
        if self._loop is None:
            self.flush()

    def flush(self) -> None:
        lines, self._lines = self._lines, []
        try:
            left = self._encoder.encode_lines(lines)
            while left:
                left = left[os.write(self._descriptor, left) :]
        except (OSError, UnicodeError):
            pass  # nobody listens
