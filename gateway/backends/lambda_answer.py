"""What a function answers in proxy integration: status, headers and body in one JSON object. Pure.

The reasons for refusing one are Kong's; what no HTTP answer can hold is refused as well.
"""

import json
import re
from base64 import b64decode
from binascii import Error
from dataclasses import dataclass
from typing import Any

from gateway.document.field_names import FIELD_NAME
from gateway.http.headers import Headers

STATUS = re.compile(r"[1-5][0-9]{2}")
BAD_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")


class OddAnswer(Exception):
    """The reason why it is none."""


@dataclass(frozen=True, slots=True)
class FunctionAnswer:
    status: int
    headers: Headers
    body: bytes


def read_answer(content: bytes) -> FunctionAnswer:
    """The answer in a function's payload; OddAnswer when it holds none."""
    try:
        payload = json.loads(content, parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        raise OddAnswer(reason(error)) from error
    if payload is None or not isinstance(payload, (dict, list)):
        raise OddAnswer("proxy response must be json format")
    fields = payload if isinstance(payload, dict) else {}
    return FunctionAnswer(read_status(fields), read_headers(fields), read_body(fields))


def refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def reason(error: Exception) -> str:
    """Why it is not JSON, without a word of what it is."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.pos + 1}"
    return "not JSON"


def read_status(fields: dict[str, Any]) -> int:
    status = fields.get("statusCode")
    if isinstance(status, float) and status.is_integer():
        status = int(status)
    written = str(status) if isinstance(status, (int, str)) else ""
    # Below 200 nothing is a final answer: the client would go on waiting.
    if isinstance(status, bool) or not STATUS.fullmatch(written) or int(written) < 200:
        raise OddAnswer("statusCode validation failed")
    return int(written)


def read_headers(fields: dict[str, Any]) -> Headers:
    """The single headers, and in their place the multiple ones of the same names."""
    found: dict[str, Headers] = {}
    for place in ("headers", "multiValueHeaders"):
        if place not in fields:
            continue
        if not isinstance(fields[place], dict):
            raise OddAnswer(f"{place} must be a table")
        for name, value in fields[place].items():
            values = value if isinstance(value, list) else [value]
            found[name.lower()] = [header(name, each) for each in values]
    return [field for same in found.values() for field in same]


def header(name: str, value: Any) -> tuple[bytes, bytes]:
    text = written(value)
    if not FIELD_NAME.fullmatch(name) or text is None or BAD_VALUE.search(text):
        raise OddAnswer("headers must hold names and values of HTTP")
    return name.encode(), text.strip().encode()


def written(value: Any) -> str | None:
    """A header's value as text: numbers and booleans are written as JSON has them."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value) if isinstance(value, (bool, int, float)) else None


def read_body(fields: dict[str, Any]) -> bytes:
    body, encoded = fields.get("body", ""), fields.get("isBase64Encoded", False)
    if not isinstance(body, str):
        raise OddAnswer("body must be a string")
    if not isinstance(encoded, bool):
        raise OddAnswer("isBase64Encoded must be a boolean")
    if not encoded:
        return body.encode("utf-8", "replace")
    try:
        return b64decode(body, validate=True)
    except (Error, ValueError) as error:
        raise OddAnswer("body must be base64") from error
