"""Spoilt documents: taken whole or refused whole, with a place for every complaint. In this process."""

import json
import random
from typing import Any

from gateway.document.fields import DocumentRefused
from gateway.document.reading import Surroundings, read_snapshot
from gateway.policies.order import KINDS
from tests.fuzz import documents
from tests.fuzz.findings import Finding, Findings

FAMILY = "documents"
_SURROUNDINGS = Surroundings(KINDS, (("127.0.0.1", 8000),), has_redis=True)


async def fuzz(wanted: int, seed: int, only: int | None, findings: Findings) -> None:
    """Read `wanted` spoilt documents, or the one of a case."""
    numbers = range(wanted) if only is None else [only]
    for number in numbers:
        document, said = documents.spoilt(random.Random(seed * 5_000_011 + number))
        words = judged(document)
        if words:
            data = json.dumps(document, default=repr)[:2000].encode()
            findings.add(Finding(FAMILY, number, words, tuple(said), data))
        if findings.full:
            return
        if number % 500 == 0:
            findings.progress(FAMILY, number, wanted)
    findings.progress(FAMILY, len(numbers), wanted)


def judged(document: Any) -> str:
    """Say in words what is wrong with how the gateway reads it."""
    before = json.dumps(document, default=repr, sort_keys=True)
    try:
        read_snapshot(document, _SURROUNDINGS)
    except DocumentRefused as refused:
        return _complaints(document, refused)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    if json.dumps(document, default=repr, sort_keys=True) != before:
        return "reading changed the document"
    return ""


def _complaints(document: Any, refused: DocumentRefused) -> str:
    if not refused.problems:
        return "refused without a complaint"
    for problem in refused.problems:
        if not problem.message or "\n" in problem.message:
            return f"a complaint that is not one line: {problem.message!r}"
        if not _leads_somewhere(document, problem.pointer):
            return f"a pointer that leads nowhere: {problem.pointer}"
    return ""


def _leads_somewhere(document: Any, pointer: str) -> bool:
    """A pointer leads to a value, or to fields that are missing from an object that is there."""
    value, pieces = document, pointer.split("/")[1:]
    for place, piece in enumerate(pieces):
        name = piece.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        elif isinstance(value, dict) and name in value:
            value = value[name]
        else:
            return isinstance(value, dict) and not any(it.isdigit() for it in pieces[place:])
    return True
