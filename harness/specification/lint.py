"""The lint before the run: whatever would make green mean less than it says stops the run.

Every finding is one line: file, line, what is wrong, what to do.
"""

import ast
import inspect
import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pytest_bdd.gherkin_parser import get_gherkin_document
from pytest_bdd.parser import Feature, ScenarioTemplate

from harness.specification.catalogue import (
    Example,
    examples_of,
    feature_files,
    file_id,
    parse,
    row_id,
    understand,
)
from harness.specification.fragments import Clash
from harness.specification.sentences import Definition, is_coroutine
from harness.specification.tags import TAGS

_HOLE = re.compile(r"<(\w[\w ]*)>")
_PAUSES = {("time", "sleep"), ("asyncio", "sleep")}


def lint(folders: Sequence[Path], known: Sequence[Definition], root: Path) -> list[str]:
    """Return every finding over all features, whatever is selected, and all step definitions."""
    findings: list[str] = []
    examples: list[Example] = []
    for path in feature_files(folders):
        shown = file_id(path, root)
        try:
            feature = parse(path)
        except Exception as error:
            findings.append(f"{shown}: cannot be read as Gherkin: {_one_line(error)}")
            continue
        findings += lint_file(path, shown, feature)
        examples += examples_of(feature, root)
    for example in examples:
        findings += lint_example(example, known)
    findings += lint_definitions(known)
    findings += unused(known, examples)
    return findings


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def lint_file(path: Path, shown: str, feature: Feature) -> list[str]:
    """Look for what the parser itself keeps quiet about: lost duplicates, empty tables."""
    children = get_gherkin_document(str(path), "utf-8").feature.children
    findings = [
        f"{shown}: {what} has no example; is a keyword misspelled?" for what in _bare(children)
    ]
    for title, count in Counter(_titles(children)).items():
        if count > 1:
            findings.append(f"{shown}: the title {title!r} is used {count} times; make them unique")
    for template in feature.scenarios.values():
        where = f"{shown}:{template.line_number}"
        if "::" in template.name or "[" in template.name:
            findings.append(f"{where}: a title must not contain '::' or '['; say it in words")
        findings += [f"{where}: {template.name!r} {words}" for words in _lint_tables(template)]
    return findings


def _lint_tables(template: ScenarioTemplate) -> Iterable[str]:
    """An outline whose tables are empty is left out without a word."""
    outline = template.keyword.strip().lower().endswith(("outline", "template"))
    tables = template.examples
    if ((outline or template.templated) and not tables) or not all(
        table.examples for table in tables
    ):
        yield "has no rows in its Examples"
    rows = Counter(row_id(row.values()) for table in tables for row in table.as_contexts())
    yield from (f"has the row {row} twice" for row, count in rows.items() if count > 1)


def _titles(children: Sequence[Any]) -> Iterable[str]:
    """Every title in the file: pytest-bdd keeps only the last of two equal ones."""
    for child in children:
        inner = child.rule.children if child.rule else [child]
        yield from (one.scenario.name for one in inner if one.scenario)


def _bare(children: Sequence[Any]) -> Iterable[str]:
    """Name what has no example: below a misspelled keyword everything is description."""
    if not any(child.rule or child.scenario for child in children):
        yield "the feature"
    for child in children:
        if child.rule and not any(one.scenario for one in child.rule.children):
            yield f"the rule {child.rule.name!r}"


def lint_example(example: Example, known: Sequence[Definition]) -> list[str]:
    """Every sentence has exactly one definition, every tag is known, a rig is tagged as such."""
    where = f"{example.file}:{example.line}"
    findings = [
        f"{where}: the tag @{tag} is not known; there are @{', @'.join(TAGS)} (harness/specification/tags.py)"
        for tag in sorted(example.tags - TAGS.keys())
    ]
    if not any(sentence.kind == "then" for sentence in example.sentences):
        findings.append(f"{where}: {example.title!r} has no Then and would prove nothing")
    for sentence in example.sentences:
        findings += [
            f"{example.file}:{sentence.line}: <{hole}> is no column of the Examples"
            for hole in _HOLE.findall(sentence.text)
        ]
        matching = [one for one in known if one.matches(sentence.kind, sentence.text)]
        at = f"{example.file}:{sentence.line}"
        if not matching:
            findings.append(f"{at}: no step says {sentence.kind} {sentence.text!r}")
        if len(matching) > 1:
            places = " and ".join(one.place for one in matching)
            findings.append(f"{at}: {sentence.text!r} is defined more than once: {places}")
    if findings:
        return findings
    try:
        opens = understand(example, known).opens_rig
    except Clash as clash:
        return [f"{where}: {clash}"]
    if opens != ("needs-rig" in example.tags):
        change = "add" if opens else "remove"
        findings.append(f"{where}: {example.title!r}: {change} the tag @needs-rig")
    return findings


def lint_definitions(known: Iterable[Definition]) -> list[str]:
    findings = []
    for one in known:
        if is_coroutine(one):
            findings.append(f"{one.place}: an async step passes without running; make it a def")
        if pauses(one):
            findings.append(f"{one.place}: a step must not sleep; wait with harness.eventually")
    return findings


def pauses(definition: Definition) -> bool:
    """Does the step's own body call a sleep?"""
    source = textwrap.dedent(inspect.getsource(definition.function))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name) and called.id == "sleep":
                return True
            if (
                isinstance(called, ast.Attribute)
                and isinstance(called.value, ast.Name)
                and (called.value.id, called.attr) in _PAUSES
            ):
                return True
    return False


def unused(known: Iterable[Definition], examples: Sequence[Example]) -> list[str]:
    said = {(s.kind, s.text) for example in examples for s in example.sentences}
    return [
        f"{one.place}: no feature says {one.text!r}; remove the step or use it"
        for one in known
        if not any(one.matches(kind, text) for kind, text in said)
    ]
