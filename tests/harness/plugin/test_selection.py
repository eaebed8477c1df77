"""Which examples names and tags select, before pytest has collected anything."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.plugin import selection
from harness.plugin.selection import Asked

TEXT = """
Feature: F
  Example: Plain
    Given a
  @slow
  Example: Slow
    Given a
  @slow @needs-rig
  Scenario Outline: Row <n>
    Given <n>
    Examples:
      | n |
      | 1 |
      | ü |
"""


@pytest.fixture
def feature(write_feature: Callable[..., Path]) -> Path:
    return write_feature(TEXT, "features/f.feature")


def _titles(tmp_path: Path, *arguments: Asked, tags: str = "") -> list[str]:
    return [one.title for one in selection.selected(arguments, tags, tmp_path).values()]


def test_a_folder_means_everything_in_it(tmp_path: Path, feature: Path) -> None:
    assert _titles(tmp_path, Asked(feature.parent, "")) == ["Plain", "Slow", "Row 1", "Row ü"]


def test_a_file_means_its_examples_and_those_of_no_other(
    tmp_path: Path, feature: Path, write_feature: Callable[..., Path]
) -> None:
    write_feature("Feature: G\n  Example: Other\n    Given a\n", "features/g.feature")

    assert _titles(tmp_path, Asked(feature, "")) == ["Plain", "Slow", "Row 1", "Row ü"]
    assert "Other" in _titles(tmp_path, Asked(feature.parent, ""))


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Plain", ["Plain"]),
        ("Row <n>", ["Row 1", "Row ü"]),
        ("Row <n>[1]", ["Row 1"]),
        ("Row <n>[ü]", ["Row ü"]),
        ("Nothing", []),
    ],
)
def test_a_title_means_its_example_or_all_of_its_rows(
    tmp_path: Path, feature: Path, title: str, found: list[str]
) -> None:
    assert _titles(tmp_path, Asked(feature, title)) == found


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ("slow", ["Slow", "Row 1", "Row ü"]),
        ("not slow", ["Plain"]),
        ("slow and not needs-rig", ["Slow"]),
        ("needs-rig or not slow", ["Plain", "Row 1", "Row ü"]),
    ],
)
def test_tags_select_among_what_is_named(
    tmp_path: Path, feature: Path, tags: str, found: list[str]
) -> None:
    assert _titles(tmp_path, Asked(feature.parent, ""), tags=tags) == found


def test_what_is_named_twice_is_there_once(tmp_path: Path, feature: Path) -> None:
    assert _titles(tmp_path, Asked(feature, "Plain"), Asked(feature.parent, ""))[:2] == [
        "Plain",
        "Slow",
    ]


def test_tags_that_cannot_be_read_are_a_mistake_of_the_caller(
    tmp_path: Path, feature: Path
) -> None:
    with pytest.raises(pytest.UsageError, match="the tags 'slow and' cannot be read"):
        _titles(tmp_path, Asked(feature, ""), tags="slow and")


def test_a_folder_without_features_holds_none(tmp_path: Path, feature: Path) -> None:
    (tmp_path / "tests").mkdir()

    assert not Asked(tmp_path / "tests", "").holds_features
    assert not Asked(tmp_path / "tests" / "test_x.py", "").holds_features
    assert Asked(tmp_path, "").holds_features
    assert Asked(feature, "").holds_features


def test_arguments_are_seen_from_where_pytest_was_called(tmp_path: Path) -> None:
    config: Any = SimpleNamespace(
        args=["features", "f.feature::A::B", "/abs/x.feature"],
        invocation_params=SimpleNamespace(dir=tmp_path),
    )

    assert selection.asked(config) == [
        Asked((tmp_path / "features").resolve(), ""),
        Asked((tmp_path / "f.feature").resolve(), "A::B"),
        Asked(Path("/abs/x.feature"), ""),
    ]


def test_features_of_ones_own_are_those_outside_of_the_project(
    tmp_path: Path, feature: Path, write_feature: Callable[..., Path]
) -> None:
    own = write_feature(TEXT, "own/f.feature")
    arguments = [Asked(feature, ""), Asked(own, ""), Asked(tmp_path / "tests", "")]

    assert selection.folders_outside(arguments, tmp_path / "features") == [own]
