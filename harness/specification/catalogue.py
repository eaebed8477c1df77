"""The specification as values: every feature, rule, example and row, with what its steps need."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_bdd.parser import Feature, FeatureParser, Rule, Scenario, ScenarioTemplate, Step

from harness.specification.fragments import Fragment, merged
from harness.specification.sentences import Definition


@dataclass(frozen=True, slots=True)
class Sentence:
    """One step of one example, with its holes filled in. `keyword` is the word it begins with."""

    kind: str
    text: str
    line: int
    keyword: str = ""
    table: tuple[tuple[str, ...], ...] | None = None
    docstring: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A scenario, or one row of an outline. `id` names it everywhere: file, title and row."""

    id: str
    area: str
    feature: str
    rule: str
    title: str
    file: str
    line: int
    tags: frozenset[str]
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Understood:
    """What the sentences of an example add up to."""

    example: Example
    fragment: Fragment
    rig_parts: frozenset[str]
    opens_rig: bool
    rig_links: frozenset[str] = frozenset()


def feature_files(folders: Iterable[Path]) -> list[Path]:
    """Return every feature file below the folders, sorted."""
    found: set[Path] = set()
    for folder in folders:
        found |= {folder} if folder.suffix == ".feature" else set(folder.rglob("*.feature"))
    return sorted(found)


def file_id(path: Path, root: Path) -> str:
    """Name a feature file: seen from the checkout if it is in there, else in full."""
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def parse(path: Path) -> Feature:
    return FeatureParser(str(path.parent), path.name).parse()


def examples_of(feature: Feature, root: Path) -> list[Example]:
    """Return every example of a feature, one for each row of an outline."""
    return [example for _, examples in by_rule(feature, root) for example in examples]


def by_rule(feature: Feature, root: Path) -> list[tuple[Rule | None, list[Example]]]:
    """Return the rules of a feature as they are written, each with its examples."""
    templates = feature.scenarios.values()
    return [
        (rule, [example for one in group for example in _rows(feature, one, root)])
        for rule, group in itertools.groupby(templates, lambda template: template.rule)
    ]


def _rows(feature: Feature, template: ScenarioTemplate, root: Path) -> Iterable[Example]:
    if not template.examples:
        yield _example(feature, template, template.render({}), "", root, frozenset())
    for table in template.examples:
        for row in table.as_contexts():
            yield _example(
                feature,
                template,
                template.render(row),
                f"[{row_id(row.values())}]",
                root,
                frozenset(table.tags),
            )


def row_id(values: Iterable[str]) -> str:
    return "-".join(values)


def _example(
    feature: Feature,
    template: ScenarioTemplate,
    drawn: Scenario,
    row: str,
    root: Path,
    tags: frozenset[str],
) -> Example:
    path = Path(feature.filename)
    file = file_id(path, root)
    rule = template.rule
    return Example(
        id=f"{file}::{template.name}{row}",
        area=path.parent.name,
        feature=feature.name,
        rule=rule.name if rule else "",
        title=drawn.name,
        file=file,
        line=template.line_number,
        tags=frozenset(template.tags | feature.tags | (rule.tags if rule else set())) | tags,
        sentences=tuple(map(_sentence, drawn.steps)),
    )


def _sentence(step: Step) -> Sentence:
    rows = step.datatable.rows if step.datatable else None
    table = tuple(tuple(cell.value for cell in row.cells) for row in rows) if rows else None
    return Sentence(
        step.type, step.name, step.line_number, step.keyword.strip(), table, step.docstring
    )


def understand(example: Example, known: Sequence[Definition]) -> Understood:
    """Read the sentences of an example.

    Errors: fragments.Clash when two declarations contradict each other.
    """
    fragments: list[Fragment] = []
    rig_parts: frozenset[str] = frozenset()
    rig_links: frozenset[str] = frozenset()
    opens = False
    for sentence in example.sentences:
        for definition in known:
            if definition.matches(sentence.kind, sentence.text):
                fragments.append(definition.fragment(sentence.text))
                if definition.needs.opens_rig:
                    opens = True
                    rig_parts |= definition.needs.parts
                    rig_links |= definition.needs.links
                break
    return Understood(example, merged(fragments), rig_parts, opens, rig_links)
