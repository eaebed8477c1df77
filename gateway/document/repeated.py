"""JSON that says where a key is written twice, which Python's parser overlooks. Pure."""

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Repeated:
    """Stands in a document for an object in which keys are written more than once.

    It is no dict, so nobody takes it for one; whoever reads it says which keys. `values` holds
    the last of each, so that nothing else seems to be missing.
    """

    keys: tuple[str, ...]
    values: dict[str, Any] = field(repr=False)


def parse_json(text: str | bytes) -> Any:
    """The value, with `Repeated` in it where an object is ambiguous.

    Errors: json.JSONDecodeError, ValueError, RecursionError.
    """
    return json.loads(text, object_pairs_hook=unambiguous)


def unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any] | Repeated:
    read = dict(pairs)
    if len(read) == len(pairs):
        return read
    names = [name for name, _ in pairs]
    return Repeated(tuple(name for name in read if names.count(name) > 1), read)
