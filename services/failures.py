"""The one way a service gives up: a line a stranger can act on, and an exit code."""

import sys

BROKEN = 1
BAD_START = 2
LOST_MESSAGES = 4


class Failure(Exception):
    """What was attempted, what was found, where, and what next, in one line."""

    def __init__(self, line: str, code: int = BAD_START) -> None:
        super().__init__(line)
        self.line = " ".join(line.split())
        self.code = code


def notice(service: str, text: str) -> None:
    """Write one line about `service` to standard error."""
    sys.stderr.write(f"{service}: {' '.join(text.split())}\n")
    sys.stderr.flush()
