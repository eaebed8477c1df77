"""The journal: `run.ndjson`, append-only, one JSON object a line, written as it happens."""

import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from harness.warden import bodies

Record = dict[str, Any]

_LINE_ENDS = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}
"""Line ends of Unicode: whoever reads lines may stumble over them, and JSON need not."""


class Journal:
    """Writes records and keeps them for the checks. `at` is seconds since the epoch.

    Units: size is what was written so far, in characters.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
        # half a character, as an odd answer may hold it, is written as JSON spells it
        self._file = path.open("a", buffering=1, encoding="utf-8", errors="backslashreplace")
        self.records: list[Record] = []
        self.size = 0

    def write(self, kind: str, **fields: Any) -> None:
        self.take({"kind": kind, "at": time.time(), **fields})

    def take(self, record: Record) -> None:
        """Append a record that somebody else made."""
        record.setdefault("at", time.time())
        bounded = bodies.bounded(record, self.size)
        self.records.append(bounded)
        self._append(bounded)

    def note(self, kind: str, **fields: Any) -> None:
        """Append a record that no check looks at: it is not kept."""
        self._append({"kind": kind, "at": time.time(), **fields})

    def _append(self, record: Record) -> None:
        line = json.dumps(record, ensure_ascii=False, separators=(",", ":")).translate(_LINE_ENDS)
        self.size += self._file.write(line + "\n")

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
