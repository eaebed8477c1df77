"""The records that frame a run."""

import json
from pathlib import Path

from harness.report import Results, lines, reading, recording

FEATURE = """
@slow
Feature: Quotas
  Why quotas are there.

  Rule: A promise
    In more words.

    Example: One
      Given a table
        | a | b |
        | 1 | 2 |
      When something happens
        \"\"\"
        a text
        \"\"\"

    Scenario Outline: Row <n>
      When <n> happens

      Examples:
        | n |
        | 7 |
        | 8 |

  Rule: Another promise

    Example: Last
      Then it is so
"""


def _file(folder: Path) -> Path:
    path = folder / "quotas" / "q.feature"
    path.parent.mkdir()
    path.write_text(FEATURE)
    return path


def test_the_specification_is_written_as_it_reads_and_can_be_read_back(tmp_path: Path) -> None:
    path = _file(tmp_path)
    only = {"quotas/q.feature::One"}

    record = json.loads(json.dumps(recording.specification([path], only, tmp_path)))
    (feature,) = reading.run_of(lines.Lines([record])).features

    assert (feature.file, feature.area, feature.title) == ("quotas/q.feature", "quotas", "Quotas")
    assert feature.description == "Why quotas are there."
    assert [rule.title for rule in feature.rules] == ["A promise", "Another promise"]
    assert feature.rules[0].description == "In more words."
    assert [one.title for one in feature.scenarios] == ["One", "Row 7", "Row 8", "Last"]
    assert [one.selected for one in feature.scenarios] == [True, False, False, False]
    first = feature.rules[0].scenarios[0]
    assert first.tags == ("slow",)
    assert first.steps[0].table == (("a", "b"), ("1", "2"))
    assert (first.steps[1].keyword, first.steps[1].docstring) == ("When", "a text")
    assert feature.rules[0].scenarios[2].id == "quotas/q.feature::Row <n>[8]"


def test_without_a_selection_everything_is_selected(tmp_path: Path) -> None:
    record = recording.specification([_file(tmp_path)], None, tmp_path)

    run = reading.run_of(lines.Lines([record]))
    assert all(one.selected for one in run.scenarios)


def test_the_closing_record_says_how_it_ended() -> None:
    results = Results("k3f9")
    results.stray.append("odd")
    results.finish(death="users died", interrupted=False, strict=False)

    record = recording.finished(results, at=9.0, interrupted=False)

    assert (record["exit"], record["death"], record["stray"]) == (3, "users died", ["odd"])
    assert set(record["counts"]) >= {"proved", "broken", "unknown", "not runnable here"}
