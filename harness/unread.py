"""Whoever reads our output may have seen enough (`| head`): then we end quietly, as other tools do."""

import os
import sys
from collections.abc import Callable

CODE = 1
"""What a command ends with that could not say everything."""


def quietly(command: Callable[[], int]) -> int:
    """Run a command and return its code; CODE, and nothing on standard error, if nobody reads on."""
    try:
        try:
            return command()
        finally:
            sys.stdout.flush()  # at the interpreter's own end it is too late to be quiet
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CODE
