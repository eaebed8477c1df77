"""What Docker says when it cannot, in one line with what to do. Pure."""

_REMEDIES = (
    ("permission denied", "add your user to the group docker and log in again, or ENV=embedded"),
    ("no space left", "the engine's disk is full: docker system prune, or make room"),
    ("address pools", "too many networks: make clean removes those of killed runs"),
    ("non-overlapping", "too many networks: make clean removes those of killed runs"),
    ("no such image", "gateproof images build, or gateproof images pull"),
    ("pull access denied", "gateproof images build, or gateproof images pull"),
    ("no such file", "start the engine (systemctl start docker), or ENV=embedded"),
    ("filenotfounderror", "start the engine (systemctl start docker), or ENV=embedded"),
    ("connection refused", "start the engine (systemctl start docker), or ENV=embedded"),
    ("connection aborted", "the engine ended: systemctl start docker"),
)
_PORT_TAKEN = ("port is already allocated", "address already in use")


def in_one_line(attempt: str, said: str) -> str:
    line = " ".join(said.split())[:300]
    found = (remedy for sign, remedy in _REMEDIES if sign in said.lower())
    return f"cannot {attempt}: {line}; {next(found, 'make doctor looks at every hop')}"


def plainly(error: Exception) -> str:
    """Return what the engine said, without the layers of the libraries around it."""
    told = getattr(error, "explanation", None)
    return str(told or error).strip() or type(error).__name__


def is_freeze_missed(said: str) -> bool:
    """Did the runtime find a process that it could not freeze in its time? Source: runc, cgroup v1."""
    return "unable to freeze" in said.lower()


def is_port_taken(said: str) -> bool:
    return any(sign in said.lower() for sign in _PORT_TAKEN)
