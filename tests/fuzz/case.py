"""How a request says which case it belongs to: in its path and in a field, in case one is spoilt."""

import re
from collections.abc import Sequence

_PATH = re.compile(r"/fuzz/(\d+)/")
_FIELD = re.compile(rb"(\d+)-(\d+)")
FIELD = b"x-fuzz"


def cases_of(target: str, fields: Sequence[bytes]) -> list[int]:
    """Return the cases that a request says it belongs to."""
    found = [int(match[1]) for value in fields if (match := _FIELD.search(value))]
    path = _PATH.search(target)
    return [*([int(path[1])] if path else []), *found]
