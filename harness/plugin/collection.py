"""Collects `.feature` files: `pytest features/routing` works, and an item is called by its title."""

import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from pytest_bdd import scenario

from harness.specification.catalogue import Example, examples_of, file_id, parse


class FeatureFile(pytest.Module):
    """A feature file as a module whose test functions are its scenarios, named by their titles."""

    examples: dict[str, Example]

    def _getobj(self) -> types.ModuleType:
        module = types.ModuleType(self.path.stem)
        module.__file__ = str(self.path)
        try:
            feature = parse(self.path)
        except Exception as error:
            words = " ".join(str(error).split())
            raise self.CollectError(f"{self.path}: cannot be read as Gherkin: {words}") from None
        root = self.config.rootpath
        self.examples = {one.id.partition("::")[2]: one for one in examples_of(feature, root)}
        for title in feature.scenarios:
            bound = scenario(self.path.name, title, features_base_dir=str(self.path.parent))
            setattr(module, title, bound(_nothing_more_to_do))
        return module

    def funcnamefilter(self, name: str) -> bool:
        return name in vars(self.obj)

    def collect(self) -> Iterator[Any]:
        for node in super().collect():
            if isinstance(node, pytest.Function):
                node.name = _row_as_written(node)  # so that it can be pasted back, whatever it says
                node._id = self.id.child(node.name)
                node.stash[EXAMPLE] = self.examples[node.name]
            yield node


def _nothing_more_to_do() -> None:
    """Everything a scenario does is in its steps."""


def _row_as_written(node: pytest.Function) -> str:
    """Return title and row as the catalogue spells them; pytest escapes what is not ASCII."""
    if not hasattr(node, "callspec"):
        return node.name
    row = cast("dict[str, str]", node.callspec.params["_pytest_bdd_example"])
    return f"{node.originalname}[{'-'.join(row.values())}]"


def slow_first(items: list[pytest.Item]) -> None:
    """Put what is tagged slow before everything else, each in the order that it has.

    Else a worker may begin with one of them when there is nothing left to do for the others.
    """
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


EXAMPLE = pytest.StashKey[Example]()
"""Where an item keeps the example that it runs."""


def example_of(item: pytest.Item) -> Example | None:
    return item.stash.get(EXAMPLE, None)


def collect(path: Path, parent: pytest.Collector) -> FeatureFile | None:
    if path.suffix != ".feature":
        return None
    name = file_id(path, parent.config.rootpath)
    return FeatureFile.from_parent(parent, path=path, nodeid=name)
