"""From a name on the command line to a running service."""

import sys
from collections.abc import Sequence
from importlib import import_module

from services.failures import BAD_START, Failure

# Each module has `service(settings)`, which says what listens where; only the chosen one is loaded.
SERVICES = {
    "users": "services.users",
    "orders": "services.orders",
    "auth": "services.auth.app",
    "upstream": "services.upstream.app",
    "cloud_gate": "services.cloud_gate.app",
    "ingest": "services.ingest.app",
}
NAMES = ", ".join(SERVICES)
HELP = f"""usage: python -m services NAME [options]

NAME is one of {NAMES}.
`python -m services NAME --help` says what it is and lists its options.
Every service prints one JSON line with its addresses when it serves; port 0 means any free port.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM; 0 when asked to end, else one line on standard error."""
    try:
        return _run(sys.argv[1:] if argv is None else argv)
    except Failure as failure:
        sys.stderr.write(failure.line + "\n")
        return failure.code
    except KeyboardInterrupt:
        return 130


def _run(argv: Sequence[str]) -> int:
    if argv and argv[0] in ("-h", "--help"):
        sys.stdout.write(HELP)
        return 0
    name = argv[0] if argv else None
    if name not in SERVICES:
        found = f'no service called "{name}"' if name else "no service named"
        sys.stderr.write(f"services: {found}; choose one of {NAMES}\n")
        return BAD_START
    from services.settings import read

    settings = read(name, argv[1:])
    from services.serving import run

    return run(import_module(SERVICES[name]).service(settings))
