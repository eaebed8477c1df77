"""The specification as values: ids, rows, tags, and what the sentences of an example add up to."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_bdd import when

from harness.settings import ROOT
from harness.specification import catalogue
from harness.specification.catalogue import Example, feature_files, file_id, understand
from harness.specification.fragments import Clash, Fragment
from harness.specification.sentences import Definition, asks_for, declares, opens_rig

TEXT = """
@slow
Feature: Calls
  Background:
    Given a route

  Example: Before any rule
    When somebody calls

  Rule: A promise
    Background:
      Given another route

    @needs-rig
    Example: Plain
      When somebody calls

    Scenario Outline: Row <n> of <all>
      When somebody calls <n> times

      Examples:
        | n | all |
        | 1 | two |
        | 2 | two |

      @needs-real-kafka
      Examples: more
        | n | all   |
        | 3 | three |
"""


@pytest.fixture
def found(examples: Callable[..., list[Example]]) -> dict[str, Example]:
    return {one.id.partition("::")[2]: one for one in examples(TEXT)}


def test_every_example_and_every_row_of_every_table_is_there(found: dict[str, Example]) -> None:
    assert list(found) == [
        "Before any rule",
        "Plain",
        "Row <n> of <all>[1-two]",
        "Row <n> of <all>[2-two]",
        "Row <n> of <all>[3-three]",
    ]


def test_holes_are_filled_in_titles_and_sentences(found: dict[str, Example]) -> None:
    row = found["Row <n> of <all>[2-two]"]

    assert row.title == "Row 2 of two"
    assert row.sentences[-1].text == "somebody calls 2 times"


def test_tags_of_feature_example_and_table_come_together(found: dict[str, Example]) -> None:
    assert found["Before any rule"].tags == {"slow"}
    assert found["Plain"].tags == {"slow", "needs-rig"}
    assert found["Row <n> of <all>[1-two]"].tags == {"slow"}
    assert found["Row <n> of <all>[3-three]"].tags == {"slow", "needs-real-kafka"}


def test_backgrounds_of_feature_and_rule_are_among_the_sentences(
    found: dict[str, Example],
) -> None:
    said = [(sentence.kind, sentence.text) for sentence in found["Plain"].sentences]

    assert said == [
        ("given", "a route"),
        ("given", "another route"),
        ("when", "somebody calls"),
    ]
    assert len(found["Before any rule"].sentences) == 2


def test_area_feature_rule_file_and_line_are_told(found: dict[str, Example]) -> None:
    one = found["Plain"]

    assert (one.area, one.feature, one.rule) == ("area", "Calls", "A promise")
    assert (one.file, one.line) == ("area/some.feature", 15)
    assert found["Before any rule"].rule == ""


def test_and_has_the_kind_of_the_sentence_before(examples: Callable[..., list[Example]]) -> None:
    (one,) = examples("Feature: F\n  Example: E\n    Given a\n    And b\n    Then c\n    But d\n")

    assert [s.kind for s in one.sentences] == ["given", "given", "then", "then"]


def test_feature_files_are_found_once_and_sorted(tmp_path: Path) -> None:
    for name in ("b/two.feature", "a/one.feature", "a/notes.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()

    files = feature_files([tmp_path / "b", tmp_path, tmp_path / "a" / "one.feature"])

    assert [path.name for path in files] == ["one.feature", "two.feature"]


def test_a_file_outside_of_the_checkout_is_named_in_full(tmp_path: Path) -> None:
    assert file_id(tmp_path / "x.feature", tmp_path) == "x.feature"
    assert file_id(tmp_path / "x.feature", tmp_path / "here") == f"{tmp_path}/x.feature"


def test_the_sentences_of_an_example_add_up(
    examples: Callable[..., list[Example]], own_steps: Callable[[], list[Definition]]
) -> None:
    @declares('a route to "{path}"')
    def _(path: str) -> Fragment:
        return Fragment(routes={path: {"paths": [path]}}, parts=frozenset({"users"}))

    @opens_rig("a rig", parts={"eu-1"})
    def _() -> Fragment:
        return Fragment(routes={"/a": {"strip_path": True}})

    @when("somebody looks")
    @asks_for("kafka")
    def _() -> None: ...

    (example,) = examples(
        'Feature: F\n  Example: E\n    Given a rig\n    And a route to "/a"\n'
        '    And a route to "/b"\n    When somebody looks\n'
    )
    known = own_steps()
    understood = understand(example, known)

    assert understood.opens_rig
    assert understood.rig_parts == {"eu-1"}
    assert understood.fragment.parts == {"users", "kafka"}
    assert understood.fragment.routes == {
        "/a": {"strip_path": True, "paths": ["/a"]},
        "/b": {"paths": ["/b"]},
    }


def test_a_contradiction_in_one_example_is_a_clash(
    examples: Callable[..., list[Example]], own_steps: Callable[[], list[Definition]]
) -> None:
    @declares('a route to "{path}"')
    def _(path: str) -> Fragment:
        return Fragment(routes={"there": {"paths": [path]}})

    (example,) = examples(
        'Feature: F\n  Example: E\n    Given a route to "/a"\n    And a route to "/b"\n'
    )

    with pytest.raises(Clash):
        understand(example, own_steps())


def test_ids_are_the_ids_that_pytest_gives(tmp_path: Path) -> None:
    """One real collection of a folder of odd titles, outside of the checkout and its features."""
    path = tmp_path / "odd" / "titles.feature"
    path.parent.mkdir()
    path.write_text(
        "Feature: Titles\n  Example: Plain words, and 100 % of them\n    Given a\n"
        "  Rule: R\n    Example: Umläute – and “quotes”\n      Given a\n"
        "    Scenario Outline: Row <n>\n      Given <n>\n      Examples:\n"
        "        | n       | m  |\n        | a b     | ü  |\n        | /x?y=z  |    |\n"
    )
    wanted = [one.id for one in catalogue.examples_of(catalogue.parse(path), ROOT)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider",
         "-p", "no:randomly", f"--rootdir={ROOT}", f"--config-file={ROOT / 'pyproject.toml'}",
         "-p", "harness.plugin", str(path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    collected = [line for line in done.stdout.splitlines() if "::" in line]

    assert collected == wanted, done.stdout + done.stderr
    assert len(collected) == 4
