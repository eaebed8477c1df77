"""The journal: `run.ndjson`, append-only, one JSON object a line, written as it happens."""

import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Record = dict[str, Any]


class Journal:
    """Writes records and keeps them for the checks. `at` is seconds since the epoch."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("w", buffering=1, encoding="utf-8")
        self.records: list[Record] = []

    def write(self, kind: str, **fields: Any) -> None:
        self.take({"kind": kind, "at": time.time(), **fields})

    def take(self, record: Record) -> None:
        """Append a record that somebody else made."""
        record.setdefault("at", time.time())
        self.records.append(record)
        self._file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")

    def of(self, *kinds: str) -> list[Record]:
        return [record for record in self.records if record["kind"] in kinds]

    def close(self) -> None:
        self._file.close()


def read(path: Path) -> Iterable[Record]:
    """Yield the records of a journal; a last line that was cut off is left out."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            try:
                yield json.loads(line)
            except ValueError:
                return
