"""The index in one SQLite file: one connection writes, another reads, neither waits long."""

import json
import sqlite3
from pathlib import Path
from typing import Any

from services.failures import Failure
from services.ingest.store import Batch, Filters, Matches

# WAL lets queries read while a batch is written. synchronous=OFF: a commit is then a write to the
# page cache (0.1 ms, not an fsync of 5 to 20), safe against a killed process. Only a crash of the
# machine can lose documents, and then their offsets with them: Kafka is read again from there.
SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS documents (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    index_name TEXT NOT NULL,
    id TEXT NOT NULL,
    at TEXT NOT NULL,
    event TEXT NOT NULL,
    UNIQUE (index_name, id)
);
CREATE INDEX IF NOT EXISTS oldest ON documents (index_name, at, seq);
CREATE TABLE IF NOT EXISTS offsets (partition INTEGER PRIMARY KEY, next INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS rejections (
    partition INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (partition, offset)
);
"""
# Not INSERT OR IGNORE: that would drop a document with any fault in silence.
ADD_DOCUMENT = """
INSERT INTO documents (index_name, id, at, event) VALUES (?, ?, ?, ?)
ON CONFLICT (index_name, id) DO NOTHING
"""
ADD_REJECTION = """
INSERT INTO rejections (partition, offset, reason) VALUES (?, ?, ?)
ON CONFLICT (partition, offset) DO NOTHING
"""
SET_OFFSET = "INSERT OR REPLACE INTO offsets (partition, next) VALUES (?, ?)"
# A JSON true is 1 in SQL; people ask for "true".
FIELD_AS_TEXT = """
CASE json_type(event, ?) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false'
ELSE CAST(json_extract(event, ?) AS TEXT) END = ?
"""


class SqliteStore:
    """A Store in the file `file`. `write` may be called from one other thread."""

    def __init__(self, file: Path) -> None:
        opened: list[sqlite3.Connection] = []
        try:
            for _ in range(2):
                connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
                opened.append(connection)
                connection.executescript(SCHEMA)
        except sqlite3.Error as found:
            for connection in opened:
                connection.close()
            line = f"ingest: cannot use the index {file}: {found}; name another with --index"
            raise Failure(line) from None
        self._writer, self._reader = opened

    def write(self, batch: Batch) -> None:
        """All of the batch or nothing of it."""
        documents = ((one.index, one.id, one.at, one.event) for one in batch.documents)
        rejections = ((one.partition, one.offset, one.reason) for one in batch.rejections)
        with _transaction(self._writer) as writer:
            writer.executemany(ADD_DOCUMENT, documents)
            writer.executemany(ADD_REJECTION, rejections)
            writer.executemany(SET_OFFSET, batch.offsets.items())

    def offsets(self) -> dict[int, int]:
        """The next offset to read of each partition."""
        return dict(self._reader.execute("SELECT partition, next FROM offsets").fetchall())

    def rejected(self) -> int:
        """How many messages were no events."""
        return int(self._reader.execute("SELECT count(*) FROM rejections").fetchone()[0])

    def indices(self) -> list[tuple[str, int]]:
        """Every index and how many documents it holds."""
        grouped = "SELECT index_name, count(*) FROM documents GROUP BY index_name ORDER BY 1"
        return self._reader.execute(grouped).fetchall()

    def count(self, index: str, filters: Filters, after: int = 0) -> Matches:
        """Matches written after the cursor `after`; documents are only ever added."""
        where, values = _where(index, filters)
        asked = f"SELECT count(*), max(seq) FROM documents WHERE seq > ? AND {where}"
        count, last = self._reader.execute(asked, (after, *values)).fetchone()
        return Matches(count, last or after)

    def search(self, index: str, filters: Filters, limit: int) -> list[dict[str, Any]]:
        """The oldest matching events; those of one millisecond as they came in."""
        where, values = _where(index, filters)
        asked = f"SELECT event FROM documents WHERE {where} ORDER BY at, seq LIMIT ?"
        found = self._reader.execute(asked, (*values, limit))
        return [json.loads(event) for (event,) in found]

    def close(self) -> None:
        """Give the file back."""
        self._reader.close()
        self._writer.close()


class _transaction:
    """BEGIN, and COMMIT unless something went wrong."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> sqlite3.Connection:
        self._connection.execute("BEGIN IMMEDIATE")
        return self._connection

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        self._connection.execute("COMMIT" if kind is None else "ROLLBACK")


def _where(index: str, filters: Filters) -> tuple[str, list[str]]:
    values = [index]
    for field, value in filters:
        path = f'$."{field}"'
        values += [path, path, value]
    return " AND ".join(["index_name = ?", *(FIELD_AS_TEXT for _ in filters)]), values
