"""JSON as the standard has it: no NaN, no Infinity, no number that turns into one."""

import json
import math
from typing import Any, NoReturn


def parse(text: bytes | str) -> Any:
    """The value; ValueError for anything else, however deep or large it is."""
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def render(value: object) -> bytes:
    """Compact and in ASCII, so that every text of JSON, lone surrogates too, survives."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode("ascii")


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is too large")
    return number
