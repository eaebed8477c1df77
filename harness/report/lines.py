"""A file of records, one JSON object a line, read without ever raising for what is broken in it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Record = Mapping[str, Any]
Pairs = tuple[tuple[str, str], ...]

_BEGINNING = b'{"kind":'
_HALF_CHARACTERS = re.compile("[\ud800-\udfff]")


class NotARun(Exception):
    """The file is something else, or is not there. The text is one line."""


@dataclass(slots=True)
class Lines:
    """Shape: records in their order, and `problems` in words, one for each kind of trouble."""

    records: list[Record] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def file_of(path: Path) -> Path:
    """Return the journal that a path means: itself, or `run.ndjson` in a folder."""
    return path / "run.ndjson" if path.is_dir() else path


def read_lines(path: Path) -> Lines:
    """Read every record that can be read.

    Errors: NotARun for a file that is not there, and for one that holds something else.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NotARun(
            f"{path} cannot be read: {error.strerror}; give the run.ndjson of a run, or its folder"
        ) from None
    found = parsed(content)
    if not found.records and content and not _may_begin_a_run(content):
        raise NotARun(
            f"{path} is no run: its first line is not a record of one; "
            "give the run.ndjson of a run, or its folder"
        )
    return found


def _may_begin_a_run(content: bytes) -> bool:
    beginning = content[: len(_BEGINNING)]
    return _BEGINNING.startswith(beginning)


def parsed(content: bytes) -> Lines:
    """Read records from bytes; whatever is broken becomes a problem in words."""
    found = Lines()
    if not content:
        found.problems.append("the file is empty: the run ended before it could write anything")
        return found
    *whole, rest = content.split(b"\n")
    broken = []
    for number, line in enumerate(whole, start=1):
        record = _record(line)
        if record is not None:
            found.records.append(record)
        elif line.strip():
            broken.append(number)
    if broken:
        found.problems.append(_broken_in_words(broken))
    if rest.strip():
        last = _record(rest)
        if last is None:
            found.problems.append(f"the file ends in the middle of a line (line {len(whole) + 1})")
        else:
            found.records.append(last)
    return found


def _record(line: bytes) -> Record | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and isinstance(value.get("kind"), str) else None


def _broken_in_words(numbers: list[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:5])
    more = f" and {len(numbers) - 5} more" if len(numbers) > 5 else ""
    return f"{'line' if len(numbers) == 1 else 'lines'} {shown}{more} cannot be read: left out"


# --- fields, whatever stands in them -------------------------------------------------------------


def text(record: Record, key: str) -> str:
    """Return a text; empty for anything else."""
    value = record.get(key)
    return clean(value) if isinstance(value, str) else ""


def clean(value: str) -> str:
    """Return a text that can be written as UTF-8: half a character becomes a replacement mark."""
    return _HALF_CHARACTERS.sub("\ufffd", value)


def number(record: Record, key: str) -> float | None:
    value = record.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e300 else None  # neither NaN nor infinity


def whole(record: Record, key: str) -> int | None:
    value = number(record, key)
    return int(value) if value is not None else None


def yes_or_no(record: Record, key: str) -> bool | None:
    value = record.get(key)
    return value if isinstance(value, bool) else None


def several(record: Record, key: str) -> list[Any]:
    value = record.get(key)
    return value if isinstance(value, list) else []


def texts(record: Record, key: str) -> tuple[str, ...]:
    return tuple(clean(one) for one in several(record, key) if isinstance(one, str))


def records(record: Record, key: str) -> Iterator[Record]:
    return (one for one in several(record, key) if isinstance(one, dict))


def inner(record: Record, key: str) -> Record:
    value = record.get(key)
    return value if isinstance(value, dict) else {}


def pairs(record: Record, key: str) -> Pairs:
    """Return names and values, such as headers."""
    return tuple(
        (clean(str(one[0])), clean(str(one[1])))
        for one in several(record, key)
        if isinstance(one, list) and len(one) == 2
    )
