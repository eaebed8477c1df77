"""junit.xml, read back by the library that CI servers' people use."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase

from harness.report import junit

Make = Callable[..., dict[str, Any]]


def _cases(path: Path, *scenarios: dict[str, Any]) -> dict[str, TestCase]:
    junit.write(path / "junit.xml", scenarios)
    return {
        case.name: case for suite in JUnitXml.fromfile(str(path / "junit.xml")) for case in suite
    }


def test_every_verdict_has_its_kind_of_result(tmp_path: Path, scenario: Make) -> None:
    kinds = {
        "proved": None,
        "broken": Failure,
        "unknown": Error,
        "not runnable here": Skipped,
        "not supported": Skipped,
        "known deviation": Skipped,
    }

    cases = _cases(
        tmp_path, *(scenario(number, verdict) for number, verdict in enumerate(kinds))
    )

    for number, kind in enumerate(kinds.values()):
        results = cases[f"Example {number}"].result
        assert [type(result) for result in results] == ([kind] if kind else [])


def test_a_failure_carries_its_reason_and_what_was_seen(tmp_path: Path, scenario: Make) -> None:
    broken = scenario(1, "broken", reason='expected 429, got "200" <&>', shown=["> GET /", "< 200"])

    (failure,) = _cases(tmp_path, broken)["Example 1"].result

    assert failure.message == 'expected 429, got "200" <&>'
    assert failure.type == "broken"
    assert failure.text == "> GET /\n< 200"


def test_a_case_belongs_to_its_file_and_takes_its_time(tmp_path: Path, scenario: Make) -> None:
    case = _cases(tmp_path, scenario(1, took_s=0.5))["Example 1"]

    assert case.classname == "features/quotas/q.feature"
    assert case.time == 0.5


def test_there_is_a_suite_for_each_feature_and_the_sums_are_right(
    tmp_path: Path, scenario: Make
) -> None:
    rows = [scenario(1), scenario(2, "broken"), scenario(3, "unknown", feature="Routing")]
    junit.write(tmp_path / "junit.xml", rows)

    xml = JUnitXml.fromfile(str(tmp_path / "junit.xml"))

    assert {suite.name: suite.tests for suite in xml} == {"Quotas": 2, "Routing": 1}
    assert (xml.tests, xml.failures, xml.errors) == (3, 1, 1)


def test_characters_that_xml_cannot_hold_do_not_break_the_file(
    tmp_path: Path, scenario: Make
) -> None:
    odd = scenario(1, "broken", reason="got '\x00\x1b[31m'", shown=["< \x07 ü \ufffe"])

    (failure,) = _cases(tmp_path, odd)["Example 1"].result

    assert "got '" in failure.message
