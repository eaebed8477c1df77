"""services.ingest.reading, against librdkafka's built-in cluster"""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from services.failures import LOST_MESSAGES, Failure
from services.ingest.reading import Reading, consumer_settings
from services.ingest.sqlite_store import SqliteStore
from services.ingest.store import Batch

HEADERS = [("index", b"acme")]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "index.sqlite")
    yield store
    store.close()


class Reader:
    """A reading in a thread, and what it said."""

    def __init__(self, kafka: str, topic: str, store: SqliteStore) -> None:
        self.news = threading.Event()
        self.failures: list[Failure] = []
        settings = consumer_settings(kafka, 5)
        self.reading = Reading(settings, topic, store, self.news.set, self.failures.append)
        self.thread = threading.Thread(target=self.reading.run)

    def until(self, enough: Callable[[], bool]) -> None:
        while not enough():
            assert self.news.wait(5), "nothing new within five seconds"
            self.news.clear()


Reads = Callable[[str, SqliteStore], AbstractContextManager[Reader]]


@pytest.fixture
def reads(kafka: str) -> Reads:
    @contextmanager
    def started(topic: str, store: SqliteStore) -> Iterator[Reader]:
        reader = Reader(kafka, topic, store)
        reader.thread.start()
        try:
            yield reader
        finally:
            reader.reading.end()
            reader.thread.join(5)
            assert not reader.thread.is_alive()

    return started


@pytest.fixture
def produce(kafka: str) -> Callable[..., None]:
    from confluent_kafka import Producer

    producer = Producer({"bootstrap.servers": kafka, "linger.ms": 0, "log_level": 0})

    def one(topic: str, *values: str, headers: Any = HEADERS, partition: int = 0) -> None:
        for value in values:
            producer.produce(topic, value.encode(), headers=headers, partition=partition)
        assert producer.flush(5) == 0

    return one


def event(number: int) -> str:
    return f'{{"_id": "e{number}"}}'


def test_what_was_there_and_what_comes_is_indexed_once(
    reads: Reads, produce: Callable[..., None], store: SqliteStore
) -> None:
    produce("reading-once", event(1), event(2))
    produce("reading-once", event(3), partition=3)
    with reads("reading-once", store) as reader:
        reader.until(lambda: store.count("acme", []).count == 3)
        produce("reading-once", event(2), event(4), partition=1)
        reader.until(lambda: store.count("acme", []).count == 4)
    assert store.offsets() == {0: 2, 1: 2, 3: 1}
    assert reader.failures == []


def test_reading_goes_on_where_the_store_left_off(
    reads: Reads, produce: Callable[..., None], store: SqliteStore
) -> None:
    produce("reading-on", event(1), event(2), event(3))
    store.write(Batch([], [], {0: 2}))
    with reads("reading-on", store) as reader:
        reader.until(lambda: store.offsets()[0] == 3)
    assert [one["_id"] for one in store.search("acme", [], 10)] == ["e3"]


def test_what_is_no_event_is_counted_and_does_not_stop_the_rest(
    reads: Reads, produce: Callable[..., None], store: SqliteStore, capsys: Any
) -> None:
    produce("reading-odd", "not JSON", event(1))
    produce("reading-odd", event(2), headers=[])
    produce("reading-odd", event(3))
    with reads("reading-odd", store) as reader:
        reader.until(lambda: store.offsets().get(0) == 4)
    assert store.rejected() == 2
    assert store.count("acme", []).count == 2
    assert "rejected message 0/0: not JSON" in capsys.readouterr().err


def test_an_offset_is_stored_only_with_its_documents(
    reads: Reads, produce: Callable[..., None], store: SqliteStore, monkeypatch: Any
) -> None:
    """A write that fails ends the reading; the next one starts at the same message."""

    def full(_batch: Batch) -> None:
        raise OSError("disk full")

    produce("reading-full", event(1))
    with monkeypatch.context() as patched:
        patched.setattr(store, "write", full)
        with reads("reading-full", store) as reader:
            reader.thread.join(5)
    assert "disk full" in reader.failures[0].line
    assert store.offsets() == {}
    with reads("reading-full", store) as reader:
        reader.until(lambda: store.count("acme", []).count == 1)


def test_messages_that_are_gone_end_the_reading(
    reads: Reads, produce: Callable[..., None], store: SqliteStore
) -> None:
    """The built-in cluster keeps about 5 MB per partition; older messages vanish."""
    store.write(Batch([], [], {0: 0}))
    for _ in range(16):
        produce("reading-gone", *(["x" * 500_000] * 1))
    with reads("reading-gone", store) as reader:
        reader.thread.join(5)
    (failure,) = reader.failures
    assert failure.code == LOST_MESSAGES
    assert "reading-gone/0 are gone before they were read: the next to read is 0" in failure.line
    assert "its first message is now" in failure.line


def test_an_offset_beyond_the_end_is_no_place_to_go_on(
    reads: Reads, produce: Callable[..., None], store: SqliteStore
) -> None:
    produce("reading-beyond", event(1))
    store.write(Batch([], [], {0: 50}))
    with reads("reading-beyond", store) as reader:
        reader.thread.join(5)
    assert [failure.code for failure in reader.failures] == [LOST_MESSAGES]
