"""Writes what the runner knows into the journal: through the warden, and by itself without it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.warden.client import WardenClient
from harness.warden.wire import EnvironmentDied, Refused, WardenLost


class Recorder:
    """The warden alone writes a journal while it lives; nobody else is left to write its end."""

    def __init__(self, journal: Path, client: WardenClient) -> None:
        self.journal = journal
        self._client: WardenClient | None = client

    def tell(self, record: Mapping[str, Any]) -> None:
        """Hand a record over. Errors: OSError when the file cannot be written."""
        if self._client is not None:
            try:
                self._client.tell(dict(record))
                return
            except WardenLost:
                self._client = None
        self._append(record)

    def settled(self) -> None:
        """Return when everything that was told is in the file."""
        if self._client is not None:
            try:
                self._client.call("alive")
            except (EnvironmentDied, Refused):
                pass  # it answered, after what came before
            except WardenLost:
                self._client = None

    def left(self) -> None:
        """The warden has been told to end: from now on nobody else writes."""
        self._client = None

    def _append(self, record: Mapping[str, Any]) -> None:
        """A warden that was killed may have left half a line behind."""
        line = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode(
            "utf-8", "backslashreplace"
        )
        with self.journal.open("ab+") as file:
            if file.tell():
                file.seek(-1, 2)
                if file.read(1) != b"\n":
                    line = b"\n" + line
            file.write(line + b"\n")
