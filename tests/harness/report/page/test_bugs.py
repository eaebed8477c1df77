"""The table of planted bugs is shown where there is one."""

from pathlib import Path

import pytest

from harness.report.page import bugs


def test_survivors_come_first(planted_bugs: Path) -> None:
    found = bugs.read(planted_bugs)

    assert found is not None
    assert [(one.id, one.caught) for one in found] == [("off-by-one", False), ("exp", True)]


@pytest.mark.parametrize("text", ["", "{", "{}", "null", "\x00"])
def test_what_is_no_table_is_no_table(text: str, tmp_path: Path) -> None:
    path = tmp_path / "mutants.json"
    path.write_text(text)

    assert bugs.read(path) is None
    assert bugs.read(tmp_path / "missing.json") is None


def test_odd_rows_are_left_out_or_shown_as_far_as_they_go(tmp_path: Path) -> None:
    path = tmp_path / "mutants.json"
    path.write_text('[1, {"id": 7, "caught": "yes", "took_s": "long"}]')

    assert bugs.read(path) == [bugs.Bug("7", "", "", "", "", "", None, False)]
