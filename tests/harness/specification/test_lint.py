"""The lint: everything that would make green mean less than it says is found and named."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_bdd import given, then, when

from harness.specification.fragments import Fragment
from harness.specification.lint import lint
from harness.specification.sentences import declares, opens_rig, says

Lint = Callable[[str], list[str]]

CLEAN = """
Feature: Calls
  Rule: A call is answered
    Example: One call
      Given a route to "/users"
      When somebody calls
      Then it is answered
"""


@pytest.fixture
def findings(
    tmp_path: Path, write_feature: Callable[..., Path], own_steps: Callable[[], list]
) -> Lint:
    """Lint one feature against three sentences and whatever steps the test adds."""

    @declares('a route to "{path}"')
    def _(path: str) -> Fragment:
        return Fragment(routes={"there": {"paths": [path]}})

    @when("somebody calls")
    def _() -> None: ...

    @then("it is answered")
    def _() -> None: ...

    basic = own_steps()

    def found(text: str) -> list[str]:
        write_feature(text)
        added = [one for one in own_steps() if all(one.context is not b.context for b in basic)]
        return lint([tmp_path], basic + added, tmp_path)

    return found


def _with(example: str) -> str:
    return CLEAN + example


def test_a_clean_feature_gives_no_finding(findings: Lint) -> None:
    assert findings(CLEAN) == []


def test_a_title_used_twice_in_one_rule_is_found(findings: Lint) -> None:
    again = '    Example: One call\n      Given a route to "/users"\n      Then it is answered\n'

    assert "area/some.feature: the title 'One call' is used 2 times; make them unique" in findings(
        _with(again)
    )


def test_a_title_used_twice_under_different_rules_is_found(findings: Lint) -> None:
    other = "  Rule: Another promise\n    Example: One call\n      When somebody calls\n"

    assert any("'One call' is used 2 times" in line for line in findings(_with(other)))


def test_a_title_used_three_times_outside_of_any_rule_is_found(findings: Lint) -> None:
    text = "Feature: F\n" + '  Example: Same\n    Given a route to "/u"\n' * 3
    assert any("'Same' is used 3 times" in line for line in findings(text))


def test_the_same_title_in_another_file_is_no_duplicate(
    findings: Lint, write_feature: Callable[..., Path]
) -> None:
    write_feature(CLEAN, "other/other.feature")

    assert findings(CLEAN) == []


@pytest.mark.parametrize("title", ["One::call", "One [call]"])
def test_a_title_that_would_break_its_id_is_found(findings: Lint, title: str) -> None:
    found = findings(CLEAN.replace("One call", title))

    assert found == ["area/some.feature:4: a title must not contain '::' or '['; say it in words"]


def test_an_undefined_sentence_is_found_with_its_line(findings: Lint) -> None:
    found = findings(CLEAN.replace("it is answered", "it is answered twice"))

    assert "area/some.feature:7: no step says then 'it is answered twice'" in found


def test_a_sentence_of_another_kind_is_undefined(findings: Lint) -> None:
    found = findings(CLEAN.replace("Then it is answered", "Then somebody calls"))

    assert any("no step says then 'somebody calls'" in line for line in found)


def test_an_ambiguous_sentence_is_found_with_both_places(findings: Lint) -> None:
    @when(says("{who} calls"))
    def _(who: str) -> None: ...

    (found,) = findings(CLEAN)

    assert found.startswith("area/some.feature:6: 'somebody calls' is defined more than once: ")
    assert found.count(__file__) == 2
    assert " and " in found


def test_a_step_that_no_feature_says_is_found(findings: Lint) -> None:
    @then("nobody ever says this")
    def _() -> None: ...

    (found,) = findings(CLEAN)

    assert found.startswith(__file__)
    assert found.endswith("no feature says 'nobody ever says this'; remove the step or use it")


def test_a_step_said_only_in_one_row_of_an_outline_is_used(findings: Lint) -> None:
    @then("the last row says this")
    def _() -> None: ...

    outline = """
    Scenario Outline: Row <n>
      When somebody calls
      Then <what>

      Examples:
        | n | what                   |
        | 1 | it is answered         |
        | 2 | the last row says this |
"""
    assert findings(_with(outline)) == []


def test_an_async_step_is_found(findings: Lint) -> None:
    @then("it passes without running")
    async def _() -> None: ...

    (found,) = findings(CLEAN + "      And it passes without running\n")

    assert "an async step passes without running; make it a def" in found


def _sleeps_by_module() -> None:
    time.sleep(1)  # noqa: TID251 - read, never run


def _sleeps_in_asyncio() -> None:
    asyncio.run(asyncio.sleep(1))


def _sleeps_by_name() -> None:
    sleep = time.sleep  # noqa: TID251 - read, never run
    sleep(1)


def _sleeps_in_a_branch() -> None:
    for _ in range(3):
        if True:
            time.sleep(0.1)  # noqa: TID251 - read, never run


@pytest.mark.parametrize(
    "body", [_sleeps_by_module, _sleeps_in_asyncio, _sleeps_by_name, _sleeps_in_a_branch]
)
def test_a_sleep_in_a_step_is_found(findings: Lint, body: Callable[[], None]) -> None:
    then("it takes a nap")(body)

    (found,) = findings(CLEAN + "      And it takes a nap\n")

    assert "a step must not sleep; wait with harness.eventually" in found


def test_a_step_that_only_speaks_of_sleep_is_fine(findings: Lint) -> None:
    @then("it rests")
    def _() -> None:
        """Does not call time.sleep(1)."""
        assert "sleep" != "time.sleep(1)"

    assert findings(CLEAN + "      And it rests\n") == []


def test_a_sleep_in_a_declaring_given_is_found(findings: Lint) -> None:
    @declares("a slow declaration")
    def _() -> Fragment:
        if not __name__:
            time.sleep(1)  # noqa: TID251 - read, never run
        return Fragment()

    found = findings(CLEAN.replace("When", "And a slow declaration\n      When"))

    assert any("a step must not sleep" in line and __file__ in line for line in found)


def test_an_unregistered_tag_is_found_and_the_known_ones_are_named(findings: Lint) -> None:
    (found,) = findings(CLEAN.replace("    Example", "    @quick\n    Example"))

    assert found.startswith(
        "area/some.feature:5: the tag @quick is not known; there are @needs-rig"
    )
    assert found.endswith("(harness/specification/tags.py)")


@pytest.mark.parametrize("place", ["Feature:", "  Rule:"])
def test_an_unregistered_tag_on_feature_or_rule_is_found(findings: Lint, place: str) -> None:
    found = findings(CLEAN.replace(place, f"@quick\n{place}"))

    assert any("the tag @quick is not known" in line for line in found)


def test_an_unregistered_tag_on_an_examples_table_is_found(findings: Lint) -> None:
    outline = """
    Scenario Outline: Row <n>
      When somebody calls
      Then it is answered

      @quick
      Examples:
        | n |
        | 1 |
"""
    assert any("the tag @quick is not known" in line for line in findings(_with(outline)))


@pytest.mark.parametrize(
    "table", ["", "      Examples:\n", "      Examples:\n        | n |\n"],
    ids=["no table", "no columns", "no rows"],
)  # fmt: skip
def test_an_outline_without_rows_is_found(findings: Lint, table: str) -> None:
    found = findings(_with(f"    Scenario Outline: Row <n>\n      When somebody calls\n\n{table}"))

    assert any("'Row <n>' has no rows in its Examples" in line for line in found)


@pytest.mark.parametrize("keyword", ["Scenario", "Example"])
def test_an_example_whose_table_is_empty_is_found_too(findings: Lint, keyword: str) -> None:
    """Any scenario with an Examples table is an outline, and vanishes when the table is empty."""
    text = f"    {keyword}: Row <n>\n      When somebody calls\n\n      Examples:\n        | n |\n"

    assert any("'Row <n>' has no rows in its Examples" in line for line in findings(_with(text)))


def test_an_empty_table_beside_a_full_one_is_found(findings: Lint) -> None:
    outline = """
    Scenario Outline: Row <n>
      When somebody calls
      Then it is answered

      Examples:
        | n |
        | 1 |

      Examples: Others
        | n |
"""
    (found,) = findings(_with(outline))

    assert found.endswith("'Row <n>' has no rows in its Examples")


def test_a_row_that_stands_twice_is_found(findings: Lint) -> None:
    outline = """
    Scenario Outline: Row <n>
      When somebody calls
      Then it is answered

      Examples:
        | n | m |
        | 1 | 2 |
        | 3 | 4 |
        | 1 | 2 |
"""
    (found,) = findings(_with(outline))

    assert found.endswith("'Row <n>' has the row 1-2 twice")


def test_rows_that_only_look_alike_as_ids_are_found(findings: Lint) -> None:
    """`1-2` and `3` give the id that `1` and `2-3` give: one would run in the other's name."""
    outline = """
    Scenario Outline: Row <n>
      When somebody calls
      Then it is answered

      Examples:
        | n   | m   |
        | 1-2 | 3   |
        | 1   | 2-3 |
"""
    assert any("has the row 1-2-3 twice" in line for line in findings(_with(outline)))


def test_a_feature_that_is_not_gherkin_is_found_in_one_line(findings: Lint) -> None:
    found = findings("Feature: F\n  Example: x\n    Given a\n  nonsense\n")

    assert found[0].startswith("area/some.feature: cannot be read as Gherkin: ")
    assert "\n" not in found[0]


def test_a_keyword_that_is_misspelled_leaves_a_feature_without_examples(findings: Lint) -> None:
    found = findings("Feature: F\n  Exmaple: x\n    Given a route\n")

    assert "area/some.feature: the feature has no example; is a keyword misspelled?" in found


def test_a_rule_without_an_example_is_a_promise_without_evidence(findings: Lint) -> None:
    (found,) = findings(_with("  Rule: Nothing shows it\n    Exmaple: One\n      When he calls\n"))

    assert found == (
        "area/some.feature: the rule 'Nothing shows it' has no example; is a keyword misspelled?"
    )


@pytest.mark.parametrize("steps", ["", "      When somebody calls\n"], ids=["no step", "no Then"])
def test_an_example_that_proves_nothing_is_found(findings: Lint, steps: str) -> None:
    (found,) = findings(_with(f"    Example: Nothing\n{steps}"))

    assert found == "area/some.feature:8: 'Nothing' has no Then and would prove nothing"


def test_a_feature_that_is_not_gherkin_does_not_hide_the_findings_of_others(
    findings: Lint, write_feature: Callable[..., Path]
) -> None:
    write_feature("nonsense\n", "area/broken.feature")

    found = findings(CLEAN.replace("it is answered", "it is odd"))

    assert any("broken.feature: cannot be read" in line for line in found)
    assert any("no step says then 'it is odd'" in line for line in found)


RIG = """
  Rule: In a rig
    {tag}
    Example: A rig
      Given a rig of its own
      Then it is answered
"""


def test_a_scenario_that_opens_a_rig_needs_the_tag(findings: Lint) -> None:
    @opens_rig("a rig of its own", parts={"eu-1"})
    def _() -> Fragment:
        return Fragment()

    (found,) = findings(_with(RIG.format(tag="")))

    assert found.endswith("'A rig': add the tag @needs-rig")
    assert findings(_with(RIG.format(tag="@needs-rig"))) == []


def test_the_tag_without_a_rig_is_superfluous(findings: Lint) -> None:
    (found,) = findings(CLEAN.replace("    Example", "    @needs-rig\n    Example"))

    assert found.endswith("'One call': remove the tag @needs-rig")


def test_the_tag_on_the_rule_counts_for_its_scenarios(findings: Lint) -> None:
    found = findings(CLEAN.replace("  Rule:", "  @needs-rig\n  Rule:"))

    assert [line.partition(": ")[2] for line in found] == ["'One call': remove the tag @needs-rig"]


def test_declarations_that_contradict_each_other_are_found(findings: Lint) -> None:
    both = CLEAN.replace("When", 'And a route to "/orders"\n      When')

    (found,) = findings(both)

    assert found.startswith("area/some.feature:4: ")
    assert "route 'there': paths is both ['/users'] and ['/orders']" in found


def test_features_outside_of_the_checkout_are_shown_in_full(
    tmp_path: Path, write_feature: Callable[..., Path]
) -> None:
    path = write_feature(CLEAN)

    found = lint([tmp_path], [], tmp_path / "checkout")

    assert found
    assert all(line.startswith(str(path)) for line in found)


def test_a_feature_in_two_folders_is_linted_once(findings: Lint, tmp_path: Path) -> None:
    path = tmp_path / "area" / "some.feature"
    findings(CLEAN)

    once = lint([path], [], tmp_path)
    twice = lint([path, path.parent], [], tmp_path)

    assert twice == once


def test_a_step_for_any_kind_of_sentence_is_a_given_too(findings: Lint) -> None:
    @given("anything goes")
    def _() -> None: ...

    assert findings(CLEAN.replace("When", "And anything goes\n      When")) == []


def test_a_hole_that_no_column_fills_is_found(findings: Lint) -> None:
    found = findings(CLEAN.replace("it is answered", "it is answered <often>"))

    assert "area/some.feature:7: <often> is no column of the Examples" in found
