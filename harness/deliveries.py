"""What became of reported events: a pure judgement from what was said and what is in the index.

A batch that was answered 202 is taken, and from then on nothing of it may be lost. One that was
answered otherwise, or not at all, is unknown: its events may be there, but not twice.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Record = dict[str, Any]

TAKEN = 202


@dataclass(frozen=True, slots=True)
class Account:
    """Shape: each is a list of `_id`s; all are empty when everything is as it was promised."""

    lost: Sequence[str]
    doubled: Sequence[str]
    unexpected: Sequence[str]

    @property
    def is_clear(self) -> bool:
        return not (self.lost or self.doubled or self.unexpected)

    def __str__(self) -> str:
        return "; ".join(
            f"{len(ids)} {what} ({', '.join(ids[:3])}{', …' if len(ids) > 3 else ''})"
            for what, ids in (
                ("lost", self.lost),
                ("doubled", self.doubled),
                ("that nobody reported", self.unexpected),
            )
            if ids
        )


def ids_of(batch: str, events: int) -> list[str]:
    """Return the `_id`s of a batch's events."""
    return [f"{batch}/{number}" for number in range(events)]


def settled(reported: Iterable[Record], documents: Iterable[str]) -> Account:
    """Compare what was reported with the `_id`s of the documents that there are.

    Shape:  reported are the journal's records of that kind, one for each attempt.
    """
    sizes: dict[str, int] = {}
    taken: set[str] = set()
    for record in reported:
        sizes[record["batch"]] = record["events"]
        if record["status"] == TAKEN:
            taken.add(record["batch"])
    known = {one: batch for batch, size in sizes.items() for one in ids_of(batch, size)}
    found = Counter(documents)
    return Account(
        lost=[one for one, batch in known.items() if batch in taken and one not in found],
        doubled=[one for one, count in found.items() if count > 1],
        unexpected=[one for one in found if one not in known],
    )


def untaken(reported: Sequence[Record]) -> list[str]:
    """Return the batches that no attempt has brought home."""
    taken = {record["batch"] for record in reported if record["status"] == TAKEN}
    return sorted({record["batch"] for record in reported} - taken)


def taken_in(reported: Iterable[Record], since_s: float, until_s: float) -> list[str]:
    """Return the batches that were taken in a stretch of time. Units: seconds since the epoch."""
    return [
        record["batch"]
        for record in reported
        if record["status"] == TAKEN and since_s <= record["ended"] <= until_s
    ]
