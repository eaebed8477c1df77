"""What `python -m harness.bootstrap` can be told to do."""

import sys
from collections.abc import Callable, Mapping

from harness.setup import stamp
from harness.setup.here import ROOT, planned


def run(argv: list[str]) -> int:
    """Run one command and return the exit code."""
    name = argv[0] if argv else "setup"
    if name not in COMMANDS:
        sys.stderr.write(f"setup: unknown command {name!r}; there is {', '.join(COMMANDS)}\n")
        return 2
    return COMMANDS[name](argv[1:])


def _check(argv: list[str]) -> int:
    """0 if nothing has to be made. Every `make` waits for this, so it imports little."""
    return 0 if planned(argv, stamp.digests(ROOT)).is_empty else 1


def _setup(argv: list[str]) -> int:
    from harness.setup import making

    return making.main(argv)


def _doctor(argv: list[str]) -> int:
    from harness import doctor

    return doctor.main(argv)


def _lock(argv: list[str]) -> int:
    from harness.setup import relock

    return relock.main(argv)


COMMANDS: Mapping[str, Callable[[list[str]], int]] = {
    "setup": _setup,
    "check": _check,
    "doctor": _doctor,
    "lock": _lock,
}
"""Each imports what it needs when it is asked for."""
