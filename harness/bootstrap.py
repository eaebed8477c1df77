"""Makes `.venv` with whatever Python the system has; `make` runs this before everything else.

Nothing here needs an installed package. This file and `setup/interpreters.py` also run on a Python
that is too old for the rest, to say so or to hand over to a newer one.

Usage: python -ESm harness.bootstrap {setup,check,doctor,lock} [--quiet] [--upgrade] [--python PYTHON]
"""

import os
import sys

from harness.setup import interpreters


def main(argv: "list[str]", path: str) -> int:
    """Run a command with a Python that is new enough. Returns the exit code."""
    running = interpreters.Python(sys.version_info[:3], sys.executable)
    try:
        chosen = interpreters.choose(interpreters.asked_for(argv), running, path)
    except interpreters.NoPython as error:
        sys.stderr.write(f"setup: {error}\n")
        return 1
    if os.path.realpath(chosen.executable) != os.path.realpath(sys.executable):
        os.execv(chosen.executable, [chosen.executable, "-ESm", "harness.bootstrap", *argv])
    from harness.setup import commands  # this and what it imports may be as new as they like

    return commands.run(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ.get("PATH", os.defpath)))  # noqa: TID251 - it comes first
