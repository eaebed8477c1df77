"""`gateproof images list` as text. Pure."""

from collections.abc import Sequence

from harness.images.catalogue import Image
from harness.images.choice import Choice

_HEADS = ("NAME", "REFERENCE", "FROM", "PRESENT", "SIZE", "LICENCE")


def table(choices: Sequence[Choice]) -> str:
    """Draw one line for each image: what is used, who said so, whether it is here."""
    rows = [_HEADS, *(_row(one) for one in choices)]
    return _aligned(rows)


def without_engine(images: Sequence[Image], reason: str) -> str:
    """Draw the list where no engine answers: nothing can be said about what is here."""
    rows = [
        _HEADS,
        *(
            (one.name, str(one.reference or f"{one.local}:…"), one.said_by, "unknown",
             f"~{one.size_mb} MB", one.licence)
            for one in images
        ),
    ]  # fmt: skip
    return f"{_aligned(rows)}{reason}\n"


def _row(one: Choice) -> tuple[str, ...]:
    if one.held is None:
        present = "no" + (", optional" if one.image.optional else "")
        size = f"~{one.image.size_mb} MB"
    else:
        present, size = "yes", f"{one.held.size_bytes / 1e6:.0f} MB"
    said_by = "built here" if one.stands_in or one.image.reference is None else one.image.said_by
    return one.image.name, one.reference, said_by, present, size, one.image.licence


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    return "\n".join(lines) + "\n"
