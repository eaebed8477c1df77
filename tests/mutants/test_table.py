"""The table of planted bugs: what it says of each, what a full run shows, what is written down."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutants import table
from tests.mutants.bug import Bug
from tests.mutants.outcome import Outcome, Tried


def _tried(id_: str, outcome: Outcome, *also: str) -> Tried:
    bug = Bug(
        id=id_, kind="bugs", what=f"bug {id_}", noticed_by=f"features/a/{id_}.feature::T",
        patch=Path(f"{id_}.patch"), files=("gateway/quota.py",), step="it is refused",
    )  # fmt: skip
    return Tried(bug, outcome, promise="a promise", step="it is refused", found="200", also=also)


def test_a_caught_bug_is_told_with_the_promise() -> None:
    said = table.line(_tried("one", Outcome.CAUGHT))

    assert said.startswith("✓ caught")
    assert "a promise: it is refused" in said


@pytest.mark.parametrize("outcome", [one for one in Outcome if one is not Outcome.CAUGHT])
def test_any_other_names_the_patch_and_what_was_expected(outcome: Outcome) -> None:
    said = table.line(_tried("one", outcome))

    assert str(outcome) in said
    assert "one.patch in gateway/quota.py" in said
    assert "expected features/a/one.feature::T to break in 'it is refused'; found 200" in said


def test_the_closing_line_counts_every_outcome_apart() -> None:
    done = [_tried("a", Outcome.CAUGHT), _tried("b", Outcome.SURVIVED), _tried("c", Outcome.CAUGHT)]

    assert table.closing(done, 12.4) == "3 bugs planted in 1 files: 2 caught, 1 survived in 12 s"


def test_a_full_run_shows_what_one_scenario_alone_sees_and_who_sees_nothing() -> None:
    alone, crowd = _tried("a", Outcome.CAUGHT), _tried("b", Outcome.CAUGHT, "features/b/x::T")
    missed = _tried("c", Outcome.SURVIVED)

    everything = [one.bug.noticed_by for one in (alone, crowd, missed)] + ["features/b/x::T"]

    rows = [replace(one, full=True).plain() for one in (alone, crowd, missed)]

    assert [row["id"] for row in table.seen_by_one(rows)] == ["a"]
    assert table.never_noticing(rows, everything) == [missed.bug.noticed_by]
    assert table.never_noticing([alone.plain()], everything) == sorted(everything)


def test_what_is_written_can_be_read_again(tmp_path: Path) -> None:
    table.write([_tried("a", Outcome.CAUGHT)], tmp_path / "new" / "mutants.json")

    (row,) = json.loads((tmp_path / "new" / "mutants.json").read_text())
    assert row["id"] == "a"
    assert row["caught"] is True
    assert row["caught_by"] == "features/a/a.feature::T"
    assert {"promise", "bug", "file", "step", "took_s", "outcome"} <= row.keys()


def test_a_run_of_a_few_bugs_leaves_what_is_known_of_the_others(tmp_path: Path) -> None:
    path = tmp_path / "mutants.json"
    table.write([_tried("a", Outcome.CAUGHT), _tried("gone", Outcome.CAUGHT)], path)

    rows = table.write([_tried("b", Outcome.SURVIVED)], path, table.kept(path, {"a", "b"}))

    assert (
        [row["id"] for row in rows] == ["a", "b"] == [r["id"] for r in json.loads(path.read_text())]
    )


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"id": "a"}]'])
def test_what_is_no_table_is_nothing_known(tmp_path: Path, text: str) -> None:
    (tmp_path / "mutants.json").write_text(text)

    assert table.kept(tmp_path / "mutants.json", {"a"}) == []
    assert table.kept(tmp_path / "none.json", {"a"}) == []
