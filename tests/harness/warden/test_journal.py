"""The journal: one object a line, written as it happens, readable to the last whole line."""

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from harness.warden import bodies
from harness.warden.journal import Journal, read


def test_every_record_is_a_line_at_once(tmp_path: Path) -> None:
    path = tmp_path / "report" / "run.ndjson"
    journal = Journal(path)
    journal.write("opened", rig="shared")
    journal.take({"kind": "call", "at": 7.0, "body": "ü\n«secret»"})

    written = [json.loads(line) for line in path.read_text().splitlines()]
    journal.close()

    assert [record["kind"] for record in written] == ["opened", "call"]
    assert written[1] == {"kind": "call", "at": 7.0, "body": "ü\n«secret»"}


def test_a_record_without_a_time_gets_one_and_keeps_the_one_it_has(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "run.ndjson")
    journal.take({"kind": "a"})
    journal.take({"kind": "b", "at": 1.0})
    journal.close()

    assert journal.records[0]["at"] > 1_000_000_000
    assert journal.records[1]["at"] == 1.0


def test_records_are_found_by_kind_in_order(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "run.ndjson")
    for number, kind in enumerate("abcab"):
        journal.write(kind, number=number)
    journal.close()

    assert [record["number"] for record in journal.of("a", "b")] == [0, 1, 3, 4]
    assert journal.of("z") == []


def test_a_new_run_starts_a_new_journal(tmp_path: Path) -> None:
    path = tmp_path / "run.ndjson"
    path.write_text('{"kind": "old"}\n')

    Journal(path).close()

    assert path.read_text() == ""


RECORDS = st.lists(
    st.fixed_dictionaries({"kind": st.text(), "at": st.floats(0, 9e9), "x": st.text()}), max_size=6
)


@given(records=RECORDS)
def test_what_was_written_is_read_back(tmp_path_factory, records: list[dict[str, object]]) -> None:
    path = tmp_path_factory.mktemp("journal") / "run.ndjson"
    journal = Journal(path)
    for record in records:
        journal.take(dict(record))
    journal.close()

    assert list(read(path)) == records


def test_a_last_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "run.ndjson"
    path.write_text('{"kind": "a"}\n{"kind": "b"}\n{"kind": "c", "bo')

    assert [record["kind"] for record in read(path)] == ["a", "b"]


def test_a_note_is_written_and_not_kept_for_the_checks(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "run.ndjson")
    journal.note("event", rig="shared")
    journal.close()

    assert [one["kind"] for one in read(tmp_path / "run.ndjson")] == ["event"]
    assert journal.records == []


def test_half_a_character_stays_valid_json(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "run.ndjson")
    journal.take({"kind": "call", "body": "\ud83d"})
    journal.close()

    assert [one["body"] for one in read(tmp_path / "run.ndjson")] == ["\ud83d"]


def test_once_a_journal_is_large_bodies_are_cut_short(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "run.ndjson")
    journal.size = bodies.LARGE
    journal.take({"kind": "call", "body": "x" * 4000})
    journal.close()

    (record,) = read(tmp_path / "run.ndjson")
    assert (len(record["body"]), record["body_size"]) == (bodies.SHOWN_WHEN_LARGE, 4000)


def test_another_may_write_the_end(tmp_path: Path) -> None:
    """The runner does, when the warden is gone; neither overwrites the other."""
    path = tmp_path / "run.ndjson"
    journal = Journal(path)
    journal.note("one")
    with path.open("a") as other:
        other.write('{"kind":"two"}\n')
    journal.note("three")
    journal.close()

    assert [one["kind"] for one in read(path)] == ["one", "two", "three"]


def test_a_record_is_one_line_for_everybody(tmp_path: Path) -> None:
    odd = "a\x85b\u2028c\u2029d\x1ee\nf\rg"
    journal = Journal(tmp_path / "run.ndjson")
    journal.take({"kind": "call", "body": odd})
    journal.close()

    assert len((tmp_path / "run.ndjson").read_text("utf-8").splitlines()) == 1
    assert [one["body"] for one in read(tmp_path / "run.ndjson")] == [odd]
