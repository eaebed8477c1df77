"""From a Kafka message to a document, or to the reason why it is none. Pure."""

import json
from collections.abc import Iterable, Sequence

from services.ingest.store import Document
from services.strict_json import parse

Headers = Sequence[tuple[str, bytes | None]]


# SQLite's JSON functions refuse a text nested deeper than 1000, and with it the whole query.
MAX_DEPTH = 500


class NotAnEvent(Exception):
    """Why a message cannot be indexed."""


def read_document(value: bytes | None, headers: Headers) -> Document:
    """The document in a message: its header names the index, its JSON has a text `_id`."""
    index = next((text for name, text in headers if name == "index"), None)
    if not index:
        raise NotAnEvent("no header names an index")
    try:
        event = parse(value or b"")
        name = index.decode("utf-8")
    except ValueError:
        raise NotAnEvent("not JSON") from None
    if not isinstance(event, dict) or not isinstance(event.get("_id"), str):
        raise NotAnEvent("not a JSON object with a text _id")
    if is_deeper_than(MAX_DEPTH, event):
        raise NotAnEvent(f"nested deeper than {MAX_DEPTH}")
    at = event.get("@timestamp")
    # Lone surrogates are valid JSON and no valid text to store.
    text = json.dumps(event, ensure_ascii=False).encode("utf-8", "replace").decode()
    return Document(name, event["_id"], at if isinstance(at, str) else "", text)


def is_deeper_than(depth: int, value: object) -> bool:
    """Whether lists and objects are nested more than `depth` times."""
    level = [value]
    for _ in range(depth + 1):
        level = [child for one in level for child in _children(one)]
        if not level:
            return False
    return True


def _children(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
