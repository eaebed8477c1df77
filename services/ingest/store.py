"""What ingest needs from an index, whatever keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Document:
    """One event on its way into an index; `id` is its `_id`, `at` its `@timestamp`."""

    index: str
    id: str
    at: str
    event: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """A message that is no event: where it was, and why it was not taken."""

    partition: int
    offset: int
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What was read at once, and the next offset to read of every partition in it."""

    documents: Sequence[Document]
    rejections: Sequence[Rejection]
    offsets: dict[int, int]


@dataclass(frozen=True, slots=True)
class Matches:
    """How many documents match among those written after a cursor, and the next cursor."""

    count: int
    cursor: int


Filters = Sequence[tuple[str, str]]


class Store(Protocol):
    """Keeps each document once, together with the offsets it came from, or neither."""

    def write(self, batch: Batch) -> None:
        """Documents, rejections and offsets in one transaction; a repeated id changes nothing."""

    def offsets(self) -> dict[int, int]:
        """The next offset to read of each partition."""

    def rejected(self) -> int:
        """How many messages were no events."""

    def indices(self) -> list[tuple[str, int]]:
        """Every index and how many documents it holds."""

    def count(self, index: str, filters: Filters, after: int = 0) -> Matches:
        """The documents that match all filters, as text, among those written after a cursor."""

    def search(self, index: str, filters: Filters, limit: int) -> list[dict[str, Any]]:
        """The first `limit` matching events, oldest first."""
