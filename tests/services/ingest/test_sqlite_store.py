"""services.ingest.sqlite_store"""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.failures import Failure
from services.ingest.sqlite_store import SqliteStore
from services.ingest.store import Batch, Document, Matches, Rejection


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "index.sqlite"


@pytest.fixture
def store(file: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(file)
    yield store
    store.close()


def document(id_: str, index: str = "acme", at: str = "", **fields: Any) -> Document:
    return Document(index, id_, at, json.dumps({"_id": id_, **fields}, ensure_ascii=False))


def batch(*documents: Document, **offsets: int) -> Batch:
    return Batch(documents, [], {int(name[1:]): offset for name, offset in offsets.items()})


def test_documents_are_kept_with_the_offsets_they_came_from(store: SqliteStore) -> None:
    store.write(batch(document("1"), document("2", "other"), p0=7, p3=1))
    assert store.offsets() == {0: 7, 3: 1}
    assert store.indices() == [("acme", 1), ("other", 1)]


def test_a_repeated_id_changes_nothing(store: SqliteStore) -> None:
    store.write(batch(document("1", n=1), p0=1))
    store.write(batch(document("1", n=2), document("1", "other"), p0=2))
    assert store.search("acme", [], 10) == [{"_id": "1", "n": 1}]
    assert store.indices() == [("acme", 1), ("other", 1)]
    assert store.offsets() == {0: 2}


def test_a_batch_that_fails_leaves_neither_documents_nor_offsets(store: SqliteStore) -> None:
    broken: Any = Document("acme", "2", "", None)  # type: ignore[arg-type]
    with pytest.raises(Exception, match="NOT NULL"):
        store.write(Batch([document("1"), broken], [Rejection(0, 1, None)], {0: 9}))  # type: ignore[arg-type]
    assert (store.indices(), store.offsets(), store.rejected()) == ([], {}, 0)
    store.write(batch(document("1"), p0=1))
    assert store.indices() == [("acme", 1)]


def test_everything_is_there_after_a_restart(store: SqliteStore, file: Path) -> None:
    store.write(Batch([document("1")], [Rejection(0, 1, "not JSON")], {0: 2}))
    again = SqliteStore(file)
    try:
        assert (again.indices(), again.offsets(), again.rejected()) == ([("acme", 1)], {0: 2}, 1)
    finally:
        again.close()


def test_a_rejection_counts_once_wherever_it_is_read_again(store: SqliteStore) -> None:
    for _ in range(2):
        store.write(Batch([], [Rejection(0, 1, "not JSON")], {0: 2}))
    assert store.rejected() == 1


def test_events_come_oldest_first(store: SqliteStore) -> None:
    store.write(batch(document("b", at="2"), document("c", at="1"), document("a", at="1")))
    assert [event["_id"] for event in store.search("acme", [], 10)] == ["c", "a", "b"]
    assert [event["_id"] for event in store.search("acme", [], 1)] == ["c"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", "200"),
        ("request-ended", "true"),
        ("flag", "true"),
        ("off", "false"),
        ("time", "1.5"),
        ("@timestamp", "2026"),
        ("tx", "é漢"),
        ("a.b", "dot"),
    ],
)
def test_any_field_is_matched_as_text(store: SqliteStore, field: str, value: str) -> None:
    fields = {"status": 200, "request-ended": "true", "flag": True, "off": False, "time": 1.5}
    more = {"@timestamp": "2026", "tx": "é漢", "a.b": "dot", "none": None}
    store.write(batch(document("1", **fields, **more), document("2")))
    assert [one["_id"] for one in store.search("acme", [(field, value)], 10)] == ["1"]
    assert store.search("acme", [(field, value + "x")], 10) == []


def test_all_filters_have_to_match(store: SqliteStore) -> None:
    store.write(batch(document("1", a=1, b=1), document("2", a=1, b=2)))
    assert store.count("acme", [("a", "1"), ("b", "2")]).count == 1
    assert store.count("acme", [("a", "1"), ("a", "2")]).count == 0


def test_an_unknown_index_is_empty(store: SqliteStore) -> None:
    assert store.count("nowhere", []) == Matches(0, 0)
    assert store.search("nowhere", [], 10) == []


def test_counting_goes_on_where_it_stopped(store: SqliteStore) -> None:
    store.write(batch(document("1"), document("2")))
    first = store.count("acme", [])
    store.write(batch(document("3"), document("2")))
    assert (first.count, store.count("acme", [], first.cursor).count) == (2, 1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters='"')), st.text(st.characters(exclude_categories=["Cs"])))  # fmt: skip
def test_any_field_and_value_can_be_asked_for(store: SqliteStore, field: str, value: str) -> None:
    assert store.count("acme", [(field, value)]).count == 0


def test_one_thread_writes_while_another_reads(store: SqliteStore) -> None:
    def write() -> None:
        for number in range(50):
            store.write(batch(document(str(number)), p0=number))

    writer = threading.Thread(target=write)
    writer.start()
    seen = [store.count("acme", []).count for _ in range(50)]
    writer.join()
    assert seen == sorted(seen)
    assert store.count("acme", []).count == 50


def test_a_file_that_is_no_index_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "index.sqlite"
    file.write_text("this is not a database, but long enough to be looked at " * 20)
    with pytest.raises(Failure, match=f"cannot use the index {file}: file is not a database"):
        SqliteStore(file)
    with pytest.raises(Failure, match="unable to open database file"):
        SqliteStore(tmp_path / "no" / "index.sqlite")
