"""The page's table of contents: areas, their features, promises and examples, with what they add up to."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from harness.report import anchors
from harness.report.run import NOT_RUN, VERDICTS, Feature, Rule, Run, Scenario
from harness.verdicts import Verdict

_WORST_FIRST = (
    str(Verdict.BROKEN),
    str(Verdict.UNKNOWN),
    str(Verdict.PROVED),
    str(Verdict.KNOWN_DEVIATION),
    str(Verdict.NOT_SUPPORTED),
    str(Verdict.NOT_RUNNABLE),
    NOT_RUN,
)
"""What a promise is, when its examples differ: one proof is enough, one failure too."""


@dataclass(frozen=True)
class Promise:
    """A rule with its examples and the verdict they add up to."""

    feature: Feature
    rule: Rule

    @property
    def anchor(self) -> str:
        return anchors.rule(self.feature.file, self.rule.title)

    @cached_property
    def verdict(self) -> str:
        found = {scenario.verdict for scenario in self.rule.scenarios}
        return next((one for one in _WORST_FIRST if one in found), NOT_RUN)


@dataclass(frozen=True)
class Chapter:
    """A feature with its promises."""

    feature: Feature

    @property
    def anchor(self) -> str:
        return anchors.feature(self.feature.file)

    @cached_property
    def promises(self) -> tuple[Promise, ...]:
        return tuple(Promise(self.feature, rule) for rule in self.feature.rules)


@dataclass(frozen=True)
class Area:
    """The features of one folder."""

    name: str
    chapters: tuple[Chapter, ...]

    @property
    def anchor(self) -> str:
        return anchors.area(self.name)

    @property
    def title(self) -> str:
        return (self.name.replace("-", " ").replace("_", " ") or "specification").capitalize()

    @cached_property
    def counts(self) -> Counter[str]:
        return Counter(scenario.verdict for scenario in self.scenarios)

    @property
    def scenarios(self) -> Iterator[Scenario]:
        return (s for chapter in self.chapters for s in chapter.feature.scenarios)

    @property
    def promises(self) -> Iterator[Promise]:
        return (promise for chapter in self.chapters for promise in chapter.promises)


def areas(run: Run) -> list[Area]:
    """Group features by their folder, in the order in which they are written."""
    grouped: dict[str, list[Chapter]] = {}
    for feature in run.features:
        grouped.setdefault(feature.area, []).append(Chapter(feature))
    return [Area(name, tuple(chapters)) for name, chapters in grouped.items()]


def in_order(counts: Counter[str]) -> list[tuple[str, int]]:
    """Every verdict that occurs, in the order in which verdicts are counted."""
    return [(verdict, counts[verdict]) for verdict in VERDICTS if counts[verdict]]


def row_of(scenario: Scenario) -> str:
    """The values of an outline's row, unless the title names them itself."""
    template, bracket, row = scenario.id.partition("::")[2].partition("[")
    return row.removesuffix("]") if bracket and "<" not in template else ""


def tags_of(scenarios: Iterable[Scenario]) -> list[tuple[str, int]]:
    """Every tag with the number of its examples, most used first."""
    found = Counter(tag for scenario in scenarios for tag in scenario.tags)
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
