"""Data files: JSON objects that hold one named list of records, checked when they are read."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from services.failures import Failure
from services.strict_json import parse

Record = dict[str, Any]
Fields = Mapping[str, type | tuple[type, ...]]
EXPECTED: dict[type, str] = {int: "a number", str: "a text", bool: "true or false"}


def read_records(service: str, file: Path, key: str, fields: Fields) -> tuple[Record, ...]:
    """The records under `key`; a Failure names file, place and what was expected."""
    document = _parsed(service, file)
    records = document.get(key) if isinstance(document, dict) else None
    if not isinstance(records, list):
        raise _unusable(service, file, f"/{key} must be a list of records")
    for number, record in enumerate(records):
        _check(service, file, f"/{key}/{number}", record, fields)
    return tuple(records)


def _parsed(service: str, file: Path) -> object:
    try:
        return parse(file.read_bytes())
    except OSError as found:
        reason = (found.strerror or "unreadable").lower()
        line = f"{service}: cannot read the data file {file}: {reason}; name one with --data"
        raise Failure(line) from None
    except json.JSONDecodeError as found:
        place = f"line {found.lineno}, column {found.colno}: {found.msg.lower()}"
        raise _unusable(service, file, place) from None
    except UnicodeDecodeError:
        raise _unusable(service, file, "not UTF-8") from None
    except ValueError as found:
        raise _unusable(service, file, str(found)) from None


def _check(service: str, file: Path, pointer: str, record: object, fields: Fields) -> None:
    if not isinstance(record, dict):
        raise _unusable(service, file, f"{pointer} must be an object")
    for name, kind in fields.items():
        kinds = kind if isinstance(kind, tuple) else (kind,)
        if type(record.get(name)) not in kinds:  # not isinstance: true would pass for a number
            wanted = " or ".join(EXPECTED[one] for one in kinds)
            found = json.dumps(record[name])[:80] if name in record else "nothing"
            raise _unusable(service, file, f"{pointer}/{name} must be {wanted}, found {found}")


def _unusable(service: str, file: Path, what: str) -> Failure:
    return Failure(
        f"{service}: the data file {file} is unusable: {what}; correct it and start again"
    )
