"""summary.md: what broke comes first, and nothing that an answer held does anything."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness.report import anchors, summary
from harness.report.run import VERDICTS, Run
from harness.verdicts import Verdict

Make = Callable[..., dict[str, Any]]
RunOf = Callable[..., Run]

STEPS = [
    {"keyword": "When", "text": 'Ada calls "/users"', "passed": True},
    {"keyword": "Then", "text": "the call is answered", "passed": False},
]


def test_a_failure_names_promise_example_step_what_was_found_and_how_to_run_it_again(
    scenario: Make, run_of: RunOf
) -> None:
    broken = scenario(
        2, "broken", reason="expected 200, got 401", steps=STEPS, again="gateproof e2e 'x::y'"
    )

    text = summary.drawn(run_of(scenario(1), broken))

    assert text.startswith("## Gateproof: 1 broken, 1 proved in 8.0 s\n")
    assert f"[Example 2](index.html#{anchors.example(broken['id'])})" in text
    assert "* **Promise** A rule" in text
    assert "* **At** Then the call is answered" in text
    assert "```text\nexpected 200, got 401\n```" in text
    assert "```sh\ngateproof e2e 'x::y'\n```" in text
    assert text.index("What broke") < text.index("Counted")


def test_every_kind_of_verdict_is_counted_apart(scenario: Make, run_of: RunOf) -> None:
    text = summary.drawn(run_of(*(scenario(n, kind) for n, kind in enumerate(VERDICTS))))

    for kind in VERDICTS:
        assert f" {kind} | 1 |" in text


def test_every_verdict_has_a_shape_of_its_own() -> None:
    assert summary._SHAPES.keys() == {*Verdict, "not run"}
    assert len(set(summary._SHAPES.values())) == len(summary._SHAPES)


def test_a_good_run_says_so_and_nothing_more(scenario: Make, run_of: RunOf) -> None:
    text = summary.drawn(run_of(scenario(1)))

    assert text.startswith("## Gateproof: 1 proved")
    assert "broke\n" not in text
    assert "Left out" not in text


def test_markup_in_titles_and_answers_is_shown_and_does_nothing(
    scenario: Make, run_of: RunOf
) -> None:
    odd = "<script>alert(1)</script> | [x](y) `a` \n# b"
    broken = scenario(1, "broken", title=odd, rule=odd, reason=f"{odd}\n```\n<b>")

    text = summary.drawn(run_of(broken, death=odd, stray=[odd]))

    outside = text.split("````")[::2]
    assert "````text\n" in text, "the fence is longer than any in the answer"
    assert all("<script" not in piece for piece in outside)
    assert "\n# b" not in "".join(outside)
    assert "\\[x\\]\\(y\\)" in text


def test_many_failures_are_counted_not_listed(scenario: Make, run_of: RunOf) -> None:
    text = summary.drawn(run_of(*(scenario(n, "broken") for n in range(30))))

    assert text.count("#### ") == 20
    assert "and 10 more" in text


def test_huge_reasons_are_cut(scenario: Make, run_of: RunOf) -> None:
    text = summary.drawn(run_of(scenario(1, "broken", reason="x" * 1_000_000)))

    assert len(text) < 5_000
    assert "… (1000000 characters)" in text


def test_what_is_missing_from_the_file_and_what_died_are_said() -> None:
    run = Run(problems=("the run did not finish",), death="users died", interrupted=True)

    text = summary.drawn(run)

    assert text.startswith("## Gateproof: nothing ran\n")
    assert "> the run did not finish" in text
    assert "> **The environment died**: users died" in text
    assert "> **Interrupted**" in text


def test_what_was_left_out_is_told_with_its_reason(scenario: Make, run_of: RunOf) -> None:
    left = scenario(1, "not runnable here", reason="needs a real broker")

    assert "* 1: needs a real broker" in summary.drawn(run_of(left))


def test_it_is_written_as_a_file(tmp_path: Path) -> None:
    summary.write(Run(death="\ud800"), tmp_path / "summary.md")

    assert (tmp_path / "summary.md").read_text("utf-8").startswith("## Gateproof")
