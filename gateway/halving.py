"""A batch that a gate refuses is halved until only the bad events are left. Pure."""

MOST_PARTS = 200
"""Where every event is bad, each would cost a question: after so many parts the rest goes whole."""

# What the content of a batch can cause; a refusal of the sender concerns every event alike.
HALVED = frozenset({400, 413, 422})


class Halving:
    """The parts of one batch in their order: offer `part`, say what became of it."""

    def __init__(self, lines: list[bytes]) -> None:
        self._parts = [lines] if lines else []
        self._begun = len(self._parts)
        self.taken = 0
        self.dropped = 0
        self.status = 0

    def part(self) -> list[bytes] | None:
        """What is to be offered next; None when the batch is done with."""
        return self._parts[-1] if self._parts else None

    def delivered(self) -> None:
        self.taken += len(self._parts.pop())

    def refused(self, status: int) -> None:
        """The part will never be taken as it is."""
        part = self._parts.pop()
        if len(part) > 1 and status in HALVED and self._begun < MOST_PARTS:
            middle = len(part) // 2
            self._parts += [part[middle:], part[:middle]]
            self._begun += 2
            return
        self.dropped += len(part)
        self.status = status
