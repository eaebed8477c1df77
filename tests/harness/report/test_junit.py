"""junit.xml, read back by the library that CI servers' people use."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase

from harness.report import junit
from harness.report.run import Run

Make = Callable[..., dict[str, Any]]
RunOf = Callable[..., Run]


def _cases(path: Path, run: Run) -> dict[str, TestCase]:
    junit.write(run, path / "junit.xml")
    return {
        case.name: case for suite in JUnitXml.fromfile(str(path / "junit.xml")) for case in suite
    }


def test_every_verdict_has_its_kind_of_result(
    tmp_path: Path, scenario: Make, run_of: RunOf
) -> None:
    kinds = {
        "proved": None,
        "broken": Failure,
        "unknown": Error,
        "not runnable here": Skipped,
        "not supported": Skipped,
        "known deviation": Skipped,
        "not run": Skipped,
    }

    run = run_of(*(scenario(number, verdict) for number, verdict in enumerate(kinds)))
    cases = _cases(tmp_path, run)

    for number, kind in enumerate(kinds.values()):
        results = cases[f"Example {number}"].result
        assert [type(result) for result in results] == ([kind] if kind else [])


def test_a_failure_carries_its_reason_and_what_was_seen(
    tmp_path: Path, scenario: Make, run_of: RunOf
) -> None:
    broken = scenario(1, "broken", reason='expected 429, got "200" <&>', shown=["> GET /", "< 200"])

    (failure,) = _cases(tmp_path, run_of(broken))["Example 1"].result

    assert failure.message == 'expected 429, got "200" <&>'
    assert failure.type == "broken"
    assert failure.text == "> GET /\n< 200"


def test_a_case_belongs_to_its_file_and_takes_its_time(
    tmp_path: Path, scenario: Make, run_of: RunOf
) -> None:
    case = _cases(tmp_path, run_of(scenario(1, took_s=0.5)))["Example 1"]

    assert case.classname == "features/quotas/q.feature"
    assert case.time == 0.5


def test_there_is_a_suite_for_each_feature_and_the_sums_are_right(
    tmp_path: Path, scenario: Make, run_of: RunOf
) -> None:
    odd = {**scenario(3, "unknown"), "id": "features/r.feature::Odd", "feature": "Routing"}
    written = run_of(scenario(1), scenario(2, "broken"), more=[{"kind": "verdict", **odd}])
    junit.write(written, tmp_path / "junit.xml")

    xml = JUnitXml.fromfile(str(tmp_path / "junit.xml"))

    assert {suite.name: suite.tests for suite in xml} == {"Quotas": 2, "Routing": 1}
    assert (xml.tests, xml.failures, xml.errors) == (3, 1, 1)


def test_what_was_not_selected_is_no_case(tmp_path: Path) -> None:
    junit.write(Run(), tmp_path / "junit.xml")

    assert JUnitXml.fromfile(str(tmp_path / "junit.xml")).tests == 0


def test_characters_that_xml_cannot_hold_do_not_break_the_file(
    tmp_path: Path, scenario: Make, run_of: RunOf
) -> None:
    odd = scenario(1, "broken", reason="got '\x00\x1b[31m'", shown=["< \x07 ü \ufffe \ud800"])

    (failure,) = _cases(tmp_path, run_of(odd))["Example 1"].result

    assert "got '" in failure.message
