"""How far a run is: what is done and left, how long it will take, what runs now."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

PLAIN_EVERY_S = 15.0
"""Where there is no terminal, a line of progress is printed that often and not more."""


@dataclass(slots=True)
class Progress:
    """Shape: `usual` are seconds by scenario id, from earlier runs, where somebody keeps them.

    Units: seconds of `clock`.
    """

    usual: Mapping[str, float] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic
    workers: int = 1
    _titles: dict[str, str] = field(default_factory=dict)
    _done: dict[str, tuple[float, bool]] = field(default_factory=dict)
    _running: dict[str, float] = field(default_factory=dict)
    _said_at: float | None = None

    def expect(self, name: str, title: str) -> None:
        self._titles[name] = title

    def begin(self, name: str) -> None:
        if name in self._titles:
            self._running[name] = self.clock()

    def end(self, name: str, took_s: float, *, failed: bool) -> None:
        self._running.pop(name, None)
        self._done[name] = (took_s, failed)

    @property
    def left(self) -> list[str]:
        return [name for name in self._titles if name not in self._done]

    def to_go_s(self) -> float | None:
        """Estimate what is left: usual times as this run keeps up with them, else its own mean.

        None while nothing is known.
        """
        measured = [took for took, _ in self._done.values()]
        known = [name for name in self._done if name in self.usual]
        usual = sum(self.usual[name] for name in known)
        pace = sum(self._done[name][0] for name in known) / usual if usual else 1.0
        if not measured and not self.usual:
            return None
        pool = measured or list(self.usual.values())
        mean = sum(pool) / len(pool)
        now = self.clock()
        total = 0.0
        for name in self.left:
            expected = self.usual[name] * pace if name in self.usual else mean
            total += max(expected - (now - self._running.get(name, now)), 0.0)
        return total / max(self.workers, 1)

    def words(self, width: int | None = None) -> str:
        """Say it in one line, no longer than `width`."""
        failed = sum(failed for _, failed in self._done.values())
        pieces = [f"{len(self._done)} of {len(self._titles)}"]
        if failed:
            pieces.append(f"{failed} not proved")
        to_go = self.to_go_s()
        if to_go is not None and self.left:
            pieces.append(f"about {_rounded(to_go)} to go")
        line = "  " + ", ".join(pieces) + _now(self._titles[name] for name in self._running)
        return line if width is None or len(line) <= width else line[: max(width - 1, 0)] + "…"

    def is_due(self) -> bool:
        """Is it time for another plain line? The first one comes after an interval, too."""
        now = self.clock()
        if self._said_at is None:
            self._said_at = now
        if now - self._said_at < PLAIN_EVERY_S:
            return False
        self._said_at = now
        return True


def _rounded(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _now(titles: Iterable[str]) -> str:
    running = "; ".join(titles)
    return f"; now {running}" if running else ""
