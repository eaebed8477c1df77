"""The terminal view: it reads like the specification, and a failure says everything needed."""

import io
import shlex
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from _pytest._io import TerminalWriter

from harness.plugin.story import Story
from harness.report import Results
from harness.report.again import again
from harness.specification.catalogue import Example
from harness.verdicts import Exit

FILE = "features/quotas/q.feature"


class Told:
    """A story about a fake run, and what it has printed so far."""

    def __init__(self, config: pytest.Config, folder: Path) -> None:
        self.keeper: Any = SimpleNamespace(
            run="k3f9",
            config=config,
            results=Results("k3f9"),
            likely={},
            folder=SimpleNamespace(path=folder, wanted=folder, elsewhere=False),
            death="",
            interrupted=False,
            complaints=[],
        )
        self.paper = io.StringIO()
        self.story = Story(config, self.keeper)
        self.story._tw = TerminalWriter(self.paper)
        self.story.isatty = False

    def expect(self, *titles: str, feature: str = "Quotas", rule: str = "A rule") -> None:
        for title in titles:
            example = Example(
                f"{FILE}::{title}", "quotas", feature, rule, title, FILE, 1, frozenset(), ()
            )
            self.keeper.likely[example.id] = example
        self.story._expect(list(self.keeper.likely))

    def happen(self, title: str, verdict: str = "proved", /, **said: Any) -> None:
        scenario = {
            "id": f"{FILE}::{title}", "area": "quotas", "feature": "Quotas", "rule": "A rule",
            "title": title, "suffix": "s1", "verdict": verdict, "took_s": 0.25, "reason": "",
            "shown": [], "steps": [], "waits": [],
            "again": again(f"{FILE}::{title}", "reference", "embedded"), **said,
        }  # fmt: skip
        self.keeper.results.add(scenario)
        for when in ("setup", "call", "teardown"):
            report: Any = SimpleNamespace(nodeid=scenario["id"], when=when)
            self.story.pytest_runtest_logreport(report)

    def end(self) -> None:
        self.keeper.results.finish(
            death=self.keeper.death, interrupted=self.keeper.interrupted, strict=False
        )
        running = self.story.pytest_sessionfinish(None, 0)  # type: ignore[arg-type]
        next(running)
        with pytest.raises(StopIteration):
            running.send(None)

    @property
    def lines(self) -> list[str]:
        return self.paper.getvalue().splitlines()

    def has(self, *words: str) -> bool:
        return any(all(word in line for word in words) for line in self.lines)


@pytest.fixture
def told(pytestconfig: pytest.Config, tmp_path: Path) -> Told:
    return Told(pytestconfig, tmp_path / "report")


def test_it_opens_with_run_gateway_environment_and_seed(told: Told) -> None:
    told.expect("One")

    assert told.lines[0].startswith("Gateproof run k3f9: gateway reference, environment embedded")
    assert "seed " in told.lines[0]
    assert len(told.lines) == 1


def test_it_opens_once_also_with_two_workers(told: Told) -> None:
    told.expect("One")
    told.expect("Two")

    assert len(told.lines) == 1


def test_it_says_first_when_results_go_elsewhere(told: Told) -> None:
    told.keeper.folder = SimpleNamespace(path="report.k3f9", wanted="report", elsewhere=True)
    told.expect("One")

    assert told.lines[1] == "results go to report.k3f9: report is in use"


def test_a_rule_is_printed_whole_in_the_order_of_the_specification(told: Told) -> None:
    told.expect("One", "Two", "Three")
    told.happen("Three")
    told.happen("One")
    assert len(told.lines) == 1, "a rule waits for all of its examples"
    told.happen("Two")

    assert told.lines[1:] == [
        "",
        "Quotas",
        "  A rule",
        "    ✓ One  0.25 s",
        "    ✓ Two  0.25 s",
        "    ✓ Three  0.25 s",
    ]


def test_a_feature_is_named_once_for_its_rules(told: Told) -> None:
    told.expect("One")
    told.expect("Two", rule="Another rule")
    told.happen("One")
    told.happen("Two", rule="Another rule")

    assert told.lines.count("Quotas") == 1
    assert told.has("  Another rule")


def test_examples_without_a_rule_stand_below_their_feature(told: Told) -> None:
    told.expect("One", rule="")
    told.happen("One", rule="")

    assert told.lines[2:] == ["Quotas", "    ✓ One  0.25 s"]


@pytest.mark.parametrize(
    ("verdict", "line"),
    [
        ("proved", "    ✓ One  0.25 s"),
        ("broken", "    ✗ broken: One  0.25 s"),
        ("unknown", "    ? unknown: One  0.25 s"),
        ("not runnable here", "    ○ not runnable here: One  0.25 s"),
        ("known deviation", "    ≠ known deviation: One  0.25 s"),
        ("not supported", "    – not supported: One  0.25 s"),
    ],
)
def test_every_verdict_has_a_shape_and_words(told: Told, verdict: str, line: str) -> None:
    told.expect("One")
    told.happen("One", verdict)

    assert line in told.lines


def test_what_is_not_runnable_says_why(told: Told) -> None:
    told.expect("One")
    told.happen("One", "not runnable here", reason="needs TLS on Redis; try ENV=containers")

    assert told.lines[-1] == "        needs TLS on Redis; try ENV=containers"


def test_a_row_is_shown_unless_the_title_names_it(told: Told) -> None:
    told.expect("Same[a-b]", "Row <n>[1]")
    told.happen("Same[a-b]", title="Same")
    told.happen("Row <n>[1]", title="Row 1")

    assert "    ✓ Same [a-b]  0.25 s" in told.lines
    assert "    ✓ Row 1  0.25 s" in told.lines


def _broken(told: Told) -> None:
    told.expect("It's one", "Two")
    told.happen("Two")
    told.happen(
        "It's one",
        "broken",
        reason="expected 429, got 200",
        shown=["> GET http://h/users", "< 200"],
        steps=[
            {"keyword": "Given ", "text": "a route", "passed": True, "took_s": 0.1},
            {"keyword": "Then ", "text": "it is refused", "passed": False, "took_s": 0.2},
        ],
    )
    told.end()


def test_a_failure_shows_promise_steps_reason_and_call(told: Told) -> None:
    _broken(told)

    start = told.lines.index("✗ broken: It's one")
    assert told.lines[start + 1 : start + 7] == [
        "    promise  A rule",
        "       Given a route",
        "    -> Then it is refused",
        "    expected 429, got 200",
        "      > GET http://h/users",
        "      < 200",
    ]


def test_a_failure_prints_the_line_that_runs_just_it_again(told: Told) -> None:
    _broken(told)

    (again,) = [line for line in told.lines if line.startswith("    again    ")]
    assert shlex.split(again.removeprefix("    again    ")) == [
        "gateproof",
        "e2e",
        f"{FILE}::It's one",
    ]


def test_a_proved_scenario_is_not_among_the_failures(told: Told) -> None:
    _broken(told)

    assert not told.has("promise", "Two")
    assert sum("again    " in line for line in told.lines) == 1


def test_a_stranger_is_told_at_the_end(told: Told) -> None:
    told.expect("One")
    told.happen("One")
    told.keeper.results.stray.append("users was reached by GET /odd")
    told.end()

    assert "✗ broken: users was reached by GET /odd" in told.lines


def test_the_last_line_counts_the_verdicts_apart_and_names_the_folder(
    told: Told, tmp_path: Path
) -> None:
    told.expect("One", "Two", "Three")
    told.happen("One")
    told.happen("Two", "broken")
    told.happen("Three", "not runnable here")
    told.end()

    assert told.lines[-1].startswith("1 proved, 1 broken, 1 not runnable here in ")
    assert told.lines[-1].endswith(f"; results in {tmp_path / 'report'}")


def test_a_run_in_which_nothing_ran_says_so(told: Told) -> None:
    told.end()

    assert told.lines[-1].startswith("nothing ran in ")
    assert told.keeper.results.exit is Exit.NOTHING_RAN


def test_the_end_tells_slow_steps_waits_readiness_and_cost(told: Told) -> None:
    told.expect("One")
    told.happen(
        "One",
        steps=[{"keyword": "When ", "text": "she calls", "passed": True, "took_s": 1.5}],
        waits=[("the turn of the counting window", 1.25)],
    )
    told.keeper.results.cost = {"memory_mib": 258.4, "cpu_s": 4.14, "processes": 11}
    told.end()

    assert told.has("slow", "1.50 s", "she calls", "(One)")
    assert told.has("waited", "1.25 s", "for the turn of the counting window")
    assert told.has("ready", "no shared environment")
    assert told.has("cost", "258 MiB", "4.1 CPU seconds in 11 processes")


def test_death_and_interruption_are_told(told: Told) -> None:
    told.keeper.death, told.keeper.interrupted = "users died with signal 9", True
    told.end()

    assert "the environment died: users died with signal 9" in told.lines
    assert told.has("interrupted")


def test_rules_that_were_not_finished_are_printed_at_the_end(told: Told) -> None:
    told.expect("One", "Two")
    told.happen("One")
    told.end()

    assert "    ✓ One  0.25 s" in told.lines


def test_a_verdict_that_turned_late_is_told_as_it_is_at_the_end(told: Told) -> None:
    told.expect("One")
    told.happen("One")
    told.keeper.results.drained(
        {"late": ["s1 users had been reached"], "unaccounted": [], "unread": [],
         "cost": {}, "opened": {}}
    )  # fmt: skip
    told.end()

    assert "✗ broken: One" in told.lines
    assert told.lines[-1].startswith("1 broken in ")


def test_on_a_terminal_progress_is_shown_and_taken_away_again(told: Told) -> None:
    told.story.isatty = True
    told.expect("One", "Two")
    told.happen("One")
    told.happen("Two")
    text = told.paper.getvalue()

    assert "  1 of 2, about " in text
    assert text.index("\r\x1b[K") > text.index("1 of 2")


def test_elsewhere_there_are_plain_lines_only(told: Told) -> None:
    _broken(told)

    assert "\x1b" not in told.paper.getvalue()
    assert "\r" not in told.paper.getvalue()


def test_elsewhere_a_long_run_says_now_and_then_how_far_it_is(told: Told) -> None:
    told.expect("One", "Two")
    times = iter([0.0, 0.0, 20.0, 20.0, 21.0, 21.0, 21.0, 21.0])
    told.story._far.clock = lambda: next(times, 21.0)

    for name in told.keeper.likely:
        told.story.pytest_runtest_logstart(name, None)

    assert [line for line in told.lines if " of 2" in line] == ["  0 of 2; now One; Two"]


def test_the_page_is_named_at_the_end_when_there_is_one(told: Told) -> None:
    told.keeper.folder.path.mkdir()
    (told.keeper.folder.path / "index.html").touch()
    told.expect("One")
    told.happen("One")
    told.end()

    assert told.lines[-1].endswith(f"results in {told.keeper.folder.path / 'index.html'}")


def test_what_could_not_be_written_is_told_at_the_end(told: Told) -> None:
    told.keeper.complaints.append("index.html could not be written: OSError")
    told.end()

    assert "index.html could not be written: OSError" in told.lines
