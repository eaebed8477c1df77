"""Draws the records that frame a run: its header, the specification, and the closing record."""

from collections.abc import Container, Iterable
from pathlib import Path
from typing import Any

from harness.report import Results
from harness.specification import catalogue
from harness.specification.catalogue import Example, Sentence
from harness.verdicts import Verdict

FORMAT = 1
"""The format of run.ndjson that is written here."""


def header(**facts: Any) -> dict[str, Any]:
    return {"kind": "run", "format": FORMAT, **facts}


def specification(
    files: Iterable[Path], selected: Container[str] | None, root: Path
) -> dict[str, Any]:
    """Draw every example of the files; `selected` are the ids that run, None for all."""
    return {
        "kind": "specification",
        "features": [_feature(path, selected, root) for path in files],
    }


def _feature(path: Path, selected: Container[str] | None, root: Path) -> dict[str, Any]:
    feature = catalogue.parse(path)
    return {
        "file": catalogue.file_id(path, root),
        "area": path.parent.name,
        "title": feature.name,
        "description": feature.description.strip(),
        "tags": sorted(feature.tags),
        "rules": [
            {
                "title": rule.name if rule else "",
                "description": rule.description.strip() if rule else "",
                "tags": sorted(rule.tags) if rule else [],
                "examples": [
                    _example(one, selected is None or one.id in selected) for one in examples
                ],
            }
            for rule, examples in catalogue.by_rule(feature, root)
        ],
    }


def _example(example: Example, selected: bool) -> dict[str, Any]:
    return {
        "id": example.id,
        "title": example.title,
        "tags": sorted(example.tags),
        "line": example.line,
        "selected": selected,
        "steps": [_step(sentence) for sentence in example.sentences],
    }


def _step(sentence: Sentence) -> dict[str, Any]:
    return {
        "keyword": sentence.keyword,
        "text": sentence.text,
        "table": sentence.table,
        "docstring": sentence.docstring,
    }


def verdict(seen: dict[str, Any]) -> dict[str, Any]:
    """Draw the record of a scenario's verdict from what was reported of it."""
    rest = {key: value for key, value in seen.items() if key != "suffix"}
    return {"kind": "verdict", "scenario": seen["suffix"], **rest}


def changed(seen: dict[str, Any]) -> dict[str, Any]:
    """Draw the record of a verdict that the drained journal turned."""
    kept = ("id", "verdict", "reason")
    return {"kind": "verdict-changed", **{key: seen[key] for key in kept}}


def finished(results: Results, *, at: float, interrupted: bool) -> dict[str, Any]:
    return {
        "kind": "finished",
        "at": at,
        "exit": int(results.exit),
        "counts": {str(kind): results.counts[kind] for kind in Verdict},
        "death": results.death,
        "interrupted": interrupted,
        "stray": results.stray,
        "listed": results.listed,
        "cost": results.cost,
        "waits": dict(results.waits()),
    }
