"""Bad input gets one clear line: what, where, what next."""

import sys
from collections.abc import Container, Iterable


class BadInput(Exception):
    """The text is the line."""


def complain(text: object) -> None:
    sys.stderr.write(f"gateproof: {text}\n")


def require_known(what: str, name: str, known: Iterable[str], planned: Container[str]) -> None:
    """Errors: BadInput for a name that is not known, or not known yet."""
    there = list(known)
    if name in there:
        return
    choice = " or ".join(there)
    if name in planned:
        raise BadInput(f"{what} {name!r} is not in this version yet; there is {choice}")
    raise BadInput(f"there is no {what} {name!r}; there is {choice}")
