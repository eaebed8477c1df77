"""Two runs side by side, and how that is told."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from harness.report import differing
from harness.report.comparing import Comparison, compare
from harness.report.run import Run

Make = Callable[..., dict[str, Any]]
RunOf = Callable[..., Run]
CALL = {"kind": "call", "scenario": "s1-k3f9", "step": "Ada calls", "status": 200, "method": "GET",
        "url": "http://h:1/a", "replica": "eu-1", "headers": [], "body": "{}"}  # fmt: skip


@pytest.fixture
def found(scenario: Make, run_of: RunOf) -> Comparison:
    """Everything that can differ, once."""
    odd = "<script>alert(1)</script>"
    before = run_of(
        scenario(1), scenario(2), scenario(3, "broken"), scenario(4), scenario(5, "unknown"),
        scenario(6), more=[CALL],
    )  # fmt: skip
    after = run_of(
        scenario(1), scenario(2, "broken", reason=odd, again="gateproof e2e x"), scenario(3),
        scenario(4, "not runnable here"), scenario(5, "broken"), scenario(7, "broken"),
        scenario(8, title=odd), more=[{**CALL, "status": 401}],
    )  # fmt: skip
    return compare(before, after)


def _titles(changes: Any) -> list[str]:
    return [getattr(one, "scenario", one).id.partition("::")[2] for one in changes]


def test_newly_broken_is_what_was_not_broken_or_not_there(found: Comparison) -> None:
    assert _titles(found.newly_broken) == ["Example 2", "Example 7"]
    assert [one.before for one in found.newly_broken] == ["proved", ""]


def test_fixed_is_what_was_broken_and_is_proved(found: Comparison) -> None:
    assert _titles(found.fixed) == ["Example 3"]


def test_other_changes_are_told_apart(found: Comparison) -> None:
    assert _titles(found.turned) == ["Example 4", "Example 5"]


def test_added_and_removed_are_told(found: Comparison) -> None:
    assert _titles(found.added) == ["Example 7", "Example 8"]
    assert _titles(found.removed) == ["Example 6"]


def test_answers_of_another_shape_are_told(found: Comparison) -> None:
    (one,) = found.reshaped

    assert one.request == "Ada calls: GET /a to eu"
    assert one.differences == ("200 is gone", "401 is new")


def test_a_run_is_the_same_as_itself(scenario: Make, run_of: RunOf) -> None:
    run = run_of(scenario(1), scenario(2, "broken"))

    assert compare(run, run).same
    assert "nothing differs" in differing.text(compare(run, run))


def test_what_did_not_run_says_nothing_about_shapes(scenario: Make, run_of: RunOf) -> None:
    before = run_of(scenario(1), more=[CALL])
    after = run_of(scenario(1, "not run"), more=[{**CALL, "status": 401}])

    assert compare(before, after).reshaped == ()


def test_as_text_what_matters_most_comes_first(found: Comparison) -> None:
    text = differing.text(found)

    headings = ["✗ newly broken (2)", "✓ fixed (1)", "≠ another verdict (2)",
                "◇ answers of another shape (1)", "+ added (2)", "- removed (1)"]  # fmt: skip
    assert [line for line in text.splitlines() if line in headings] == headings
    assert "        again: gateproof e2e x" in text


def test_as_json_everything_is_there(found: Comparison) -> None:
    plain = json.loads(json.dumps(differing.plain(found)))

    assert {key: len(value) for key, value in plain.items() if isinstance(value, list)} == {
        "newly_broken": 2, "fixed": 1, "turned": 2, "slower": 0, "reshaped": 1, "added": 2,
        "removed": 1,
    }  # fmt: skip


def test_as_a_page_markup_is_shown_and_nothing_runs(found: Comparison) -> None:
    page = differing.page(found)

    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "default-src 'none'" in page


def test_what_is_missing_from_a_file_is_told(scenario: Make, run_of: RunOf) -> None:
    found = compare(Run(problems=("cut off",)), run_of(scenario(1)))

    assert "careful  cut off" in differing.text(found)
    assert "Careful: cut off" in differing.page(found)
    assert differing.text(found).startswith("before   not recorded\n")
