"""Two runs agree, differ, differ as listed, or a listed difference is stale."""

import json
from pathlib import Path
from typing import Any

import pytest

from harness import parity
from harness.parity import BadReport, Listed, Report, compare, listed, read, written

REASON = "embedded has an emulated Kafka"
EXPECTED = Listed("f::kafka*", {"embedded": "not runnable here", "containers": "proved"}, REASON)
EMBEDDED = {"f::a": "proved", "f::kafka 1": "not runnable here"}
CONTAINERS = {"f::a": "proved", "f::kafka 1": "proved"}


def _report(environment: str, verdicts: dict[str, str]) -> Report:
    return Report(environment, environment, verdicts, dict.fromkeys(verdicts, ""))


def _compared(
    embedded: dict[str, str], containers: dict[str, str], *expected: Listed, whole: bool = True
) -> parity.Parity:
    one, other = _report("embedded", embedded), _report("containers", containers)
    return compare(one, other, expected, whole=whole)


def test_the_same_verdicts_are_parity() -> None:
    found = _compared(EMBEDDED, EMBEDDED)

    assert found.holds
    assert found.same == 2


def test_a_difference_fails_and_is_shown_with_both_verdicts() -> None:
    found = _compared(EMBEDDED, {**EMBEDDED, "f::a": "broken"})

    assert not found.holds
    assert found.unlisted[0].verdicts == ("proved", "broken")
    words = written(found)
    assert "differs  f::a\n    embedded: proved\n    containers: broken\n" in words
    assert words.endswith("1 the same, 1 differ, 0 differ as listed, 0 listed and stale\n")


def test_a_scenario_that_only_one_of_them_ran_differs() -> None:
    found = _compared(EMBEDDED, {"f::a": "proved"})

    assert found.unlisted[0].verdicts == ("not runnable here", "not run")


def test_a_listed_difference_is_shown_and_fails_nothing() -> None:
    found = _compared(EMBEDDED, CONTAINERS, EXPECTED)

    assert found.holds
    assert f"listed   f::kafka 1: {REASON}" in written(found)


def test_the_reports_may_come_in_either_order() -> None:
    one, other = _report("containers", CONTAINERS), _report("embedded", EMBEDDED)

    assert compare(one, other, [EXPECTED], whole=True).holds


@pytest.mark.parametrize("verdict", ["broken", "unknown", "not run"])
def test_another_difference_than_the_listed_one_fails(verdict: str) -> None:
    found = _compared(EMBEDDED, {**CONTAINERS, "f::kafka 1": verdict}, EXPECTED)

    assert not found.holds


def test_a_listed_difference_that_is_gone_is_stale() -> None:
    found = _compared(CONTAINERS, CONTAINERS, EXPECTED)

    assert not found.holds
    assert "stale    f::kafka*: it is listed" in written(found)


def test_one_whose_scenario_is_gone_is_stale_only_where_everything_ran() -> None:
    assert not _compared({"f::a": "proved"}, {"f::a": "proved"}, EXPECTED).holds
    assert _compared({"f::a": "proved"}, {"f::a": "proved"}, EXPECTED, whole=False).holds


def test_what_is_listed_for_other_environments_does_not_count() -> None:
    other = Listed("f::a", {"embedded": "proved", "compose": "broken"}, "why")

    assert not _compared(EMBEDDED, {**EMBEDDED, "f::a": "broken"}, other).holds
    assert _compared(EMBEDDED, EMBEDDED, other).holds


def _written(folder: Path, verdict: dict[str, Any]) -> Path:
    folder.mkdir()
    (folder / "verdict.json").write_text(json.dumps(verdict))
    return folder


def test_a_report_is_read_from_its_folder(tmp_path: Path) -> None:
    scenario = {"id": "f::a", "verdict": "broken", "reason": "why", "took_s": 1}
    folder = _written(tmp_path / "one", {"environment": "embedded", "scenarios": [scenario]})

    found = read(folder)
    assert (found.environment, found.verdicts, found.reasons) == (
        "embedded", {"f::a": "broken"}, {"f::a": "why"},
    )  # fmt: skip
    assert read(folder / "verdict.json").verdicts == found.verdicts


def test_what_is_no_report_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadReport, match="cannot be read: no such file or directory"):
        read(tmp_path / "none")
    with pytest.raises(BadReport, match="is no verdict"):
        read(_written(tmp_path / "two", {"scenarios": 3}))


def test_our_own_list_can_be_read() -> None:
    assert all(entry.reason for entry in listed())


@pytest.mark.parametrize(
    "entry",
    [
        'scenario = "f::a"\nembedded = "proved"\ncontainers = "broken"',
        'scenario = "f::a"\nembedded = "proved"\nreason = "why"',
        'embedded = "proved"\ncontainers = "broken"\nreason = "why"',
        'scenario = "f::a"\nembedded = 3\ncontainers = "broken"\nreason = "why"',
        'scenario = "f::a"\nembedded = "proved"\ncontainers = "broken"\nreason = " "',
    ],
)
def test_an_entry_without_its_reason_or_its_verdicts_is_refused(tmp_path: Path, entry: str) -> None:
    file = tmp_path / "parity.toml"
    file.write_text(f"[[difference]]\n{entry}\n")

    with pytest.raises(BadReport, match="difference 1 has to have scenario, reason, and"):
        listed(file)
