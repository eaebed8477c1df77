"""How far a setup is: one line that is drawn again on a terminal, plain lines anywhere else."""

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

_EVERY = 10  # without a terminal: a line for every tenth package, so that a log stays short
_REDRAW = "\r{}\x1b[K"


@dataclass(slots=True)
class Progress:
    """Shows the step that is under way and the seconds since the setup began."""

    stream: TextIO
    clock: Callable[[], float] = time.monotonic
    columns: Callable[[], int] = lambda: shutil.get_terminal_size().columns
    _began: float = field(init=False)
    _now: str = field(init=False, default="")

    def __post_init__(self) -> None:
        self._began = self.clock()

    @property
    def elapsed_s(self) -> float:
        return self.clock() - self._began

    def say(self, text: str) -> None:
        """Print a line that stays."""
        ended = _REDRAW.format("") if self._now and self.stream.isatty() else ""
        self._now = ""
        self._print(f"{ended}setup: {text}\n")

    def step(self, text: str) -> None:
        """Show what is under way."""
        if not self.stream.isatty():
            return self._print(f"setup: {text} ({self.elapsed_s:.0f} s)\n")
        self._now = text
        return self.tick()

    def count(self, done: int, total: int, text: str) -> None:
        """Show what is under way, and how much of it is done."""
        if self.stream.isatty() or done == total or done % _EVERY == 1:
            self.step(f"{done}/{total} {text}")

    def tick(self) -> None:
        """Draw the line again with the seconds that have passed."""
        if self._now and self.stream.isatty():
            line = f"setup: {self._now} ({self.elapsed_s:.0f} s)"
            self._print(_REDRAW.format(line[: self.columns() - 1]))

    def _print(self, text: str) -> None:
        try:
            self.stream.write(text)
            self.stream.flush()
        except BrokenPipeError:  # the reader has seen enough (`make setup | head`): finish unseen
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())
