"""Whose is the document that a gateway serves? Pure: ours carry a tag on every entity.

Nothing is ever published over a document that holds somebody else's entities.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

TAG = "gateproof"
DEMO = "gateproof-demo"
EMPTY: Mapping[str, Any] = {"_format_version": "3.0"}

_KINDS = ("services", "routes", "consumers", "plugins")
_SHOWN = 3


def tagged(document: Mapping[str, Any], *tags: str) -> dict[str, Any]:
    """Return the document with our tag, and others, on each of its entities."""
    marked: dict[str, Any] = deepcopy(dict(document))
    for kind in _KINDS:
        for entity in marked.get(kind) or ():
            entity["tags"] = [*entity.get("tags", ()), TAG, *tags]
    return marked


def is_empty(document: Mapping[str, Any]) -> bool:
    return not any(document[key] for key in document if not key.startswith("_"))


def is_demo(document: Mapping[str, Any]) -> bool:
    """Is it what `gateproof up` published?"""
    return not is_empty(document) and any(
        DEMO in _tags(entity) for _, entity in _entities(document)
    )


def strangers(document: Mapping[str, Any]) -> list[str]:
    """Return the entities that are not ours, each as "service 'shop'"."""
    return [
        f"{kind} {_name(entity)!r}"
        for kind, entity in _entities(document)
        if TAG not in _tags(entity)
    ]


def in_words(names: list[str]) -> str:
    """Name the first few, and say how many more there are."""
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _entities(document: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Every entity at the top, also of kinds that we never publish, by the singular of its kind."""
    return [
        (key.removesuffix("s"), entity)
        for key, entities in document.items()
        if not key.startswith("_") and isinstance(entities, list)
        for entity in entities
    ]


def _tags(entity: Any) -> list[str]:
    return (entity.get("tags") or []) if isinstance(entity, Mapping) else []


def _name(entity: Any) -> str:
    known = entity if isinstance(entity, Mapping) else {}
    return str(known.get("name") or known.get("username") or known.get("id") or entity)
