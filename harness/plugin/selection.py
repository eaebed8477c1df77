"""Which examples the command line asks for, known before pytest has collected anything."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from _pytest.mark.expression import Expression

from harness.specification import catalogue, sharding
from harness.specification.catalogue import Example


@dataclass(frozen=True, slots=True)
class Asked:
    """One argument of the command line: a file or folder, and a title (with a row) or none."""

    path: Path
    title: str

    @property
    def holds_features(self) -> bool:
        return self.path.suffix == ".feature" or (
            self.path.is_dir() and any(self.path.rglob("*.feature"))
        )

    def means(self, file: Path, example: Example) -> bool:
        if not (file == self.path or file.is_relative_to(self.path)):
            return False
        title = example.id.partition("::")[2]
        return self.title in ("", title, title.partition("[")[0])


def asked(config: pytest.Config) -> list[Asked]:
    """Read pytest's positional arguments, or what stands for them in its configuration."""
    pairs = [argument.partition("::") for argument in config.args]
    here = config.invocation_params.dir
    return [Asked((here / path).resolve(), title) for path, _, title in pairs]


def selected(arguments: Sequence[Asked], tag_expression: str, root: Path) -> dict[str, Example]:
    """Return the examples that names and tags select, by id.

    Errors: UsageError for a tag expression that cannot be read.
    """
    fits = _tag_filter(tag_expression)
    files = catalogue.feature_files(one.path for one in arguments if one.holds_features)
    found: dict[str, Example] = {}
    for file in files:
        for example in catalogue.examples_of(catalogue.parse(file), root):
            named = any(one.means(file, example) for one in arguments)
            if named and fits.evaluate(_Carries(example.tags)):
                found[example.id] = example
    return found


def of_this_shard(config: pytest.Config, ids: Iterable[str]) -> frozenset[str]:
    """Return the examples that this run is for: all of them, unless it is one shard of many."""
    text, times = config.getoption("gateproof_shard"), config.getoption("gateproof_times")
    if not text:
        return frozenset(ids)
    try:
        known = sharding.times_in(Path(times)) if times else {}
        return sharding.chosen(ids, known, sharding.parse(text))
    except sharding.BadShard as error:
        raise pytest.UsageError(str(error)) from None


@dataclass(frozen=True, slots=True)
class _Carries:
    """Answers whether an example carries a tag."""

    tags: frozenset[str]

    def __call__(self, name: str, /, **_: object) -> bool:
        return name in self.tags


class _Everything:
    """The filter of a run without tags."""

    def evaluate(self, matcher: object) -> bool:
        return True


def _tag_filter(text: str) -> Expression | _Everything:
    if not text:
        return _Everything()
    try:
        return Expression.compile(text)
    except SyntaxError as error:
        raise pytest.UsageError(f"the tags {text!r} cannot be read: {error.msg}") from None


def folders_outside(arguments: Iterable[Asked], folder: Path) -> list[Path]:
    """Return the features on the command line that are not the project's own."""
    return [
        one.path for one in arguments if one.holds_features and not one.path.is_relative_to(folder)
    ]
