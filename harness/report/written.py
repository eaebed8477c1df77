"""Draws the features of a run: from the specification that it recorded, else from its verdicts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from harness.report import evidence, lines
from harness.report.lines import Record
from harness.report.run import Feature, Rule, Scenario


def features(specifications: Iterable[Record]) -> list[Feature]:
    """Return what was written down, in the order in which it is written."""
    return [
        _feature(one)
        for specification in specifications
        for one in lines.records(specification, "features")
    ]


def _feature(record: Record) -> Feature:
    feature = Feature(
        file=lines.text(record, "file"),
        area=lines.text(record, "area"),
        title=lines.text(record, "title"),
        description=lines.text(record, "description"),
        tags=lines.texts(record, "tags"),
        rules=(),
    )
    rules = tuple(_rule(feature, one) for one in lines.records(record, "rules"))
    return replace(feature, rules=rules)


def _rule(feature: Feature, record: Record) -> Rule:
    title = lines.text(record, "title")
    return Rule(
        title=title,
        description=lines.text(record, "description"),
        tags=lines.texts(record, "tags"),
        scenarios=tuple(
            Scenario(
                id=lines.text(one, "id"),
                file=feature.file,
                line=lines.whole(one, "line"),
                area=feature.area,
                feature=feature.title,
                rule=title,
                title=lines.text(one, "title"),
                tags=lines.texts(one, "tags"),
                selected=bool(one.get("selected")),
                steps=tuple(map(evidence.written_step, lines.records(one, "steps"))),
            )
            for one in lines.records(record, "examples")
        ),
    )


def from_verdicts(names: Iterable[str], verdicts: Mapping[str, Record]) -> list[Feature]:
    """Draw features from what is said of scenarios, by id, for a file without the specification."""
    found: dict[str, dict[str, list[Scenario]]] = defaultdict(lambda: defaultdict(list))
    for name in sorted(names):
        record = verdicts.get(name, {})
        file, _, title = name.partition("::")
        folder = file.rpartition("/")[0]
        scenario = Scenario(
            id=name,
            file=file,
            line=None,
            area=lines.text(record, "area") or folder.rpartition("/")[2],
            feature=lines.text(record, "feature") or file,
            rule=lines.text(record, "rule"),
            title=lines.text(record, "title") or title,
        )
        found[file][scenario.rule].append(scenario)
    return [_made_of(file, rules) for file, rules in found.items()]


def _made_of(file: str, rules: Mapping[str, list[Scenario]]) -> Feature:
    first = next(iter(rules.values()))[0]
    return Feature(
        file=file,
        area=first.area,
        title=first.feature,
        description="",
        tags=(),
        rules=tuple(Rule(title, "", (), tuple(group)) for title, group in rules.items()),
    )
