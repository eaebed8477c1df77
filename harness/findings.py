"""What `doctor` says about one thing. Standard library only."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    READY = "ready"
    LIMITED = "limited"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line. Shape: remedy is empty where nothing is to be done."""

    subject: str
    state: State
    found: str
    remedy: str = ""
