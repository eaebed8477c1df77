"""How one event stands in a spill file: its checksum, its length, the event, one line. Pure.

    0c4a9e1b 412 {"_id":"…",…}

A file is only ever appended to, so only its last record can be torn; a record whose checksum or
length does not fit is skipped, wherever it stands.
"""

from collections.abc import Iterable
from zlib import crc32


def framed(lines: Iterable[bytes]) -> bytes:
    """The records of some events; an event is one line of JSON without its end."""
    return b"".join([b"%08x %d %b\n" % (crc32(line), len(line), line) for line in lines])


def unframed(content: bytes) -> tuple[list[bytes], int]:
    """The events in a file, and how many records were broken."""
    *records, torn = content.split(b"\n")
    found = [read_record(record) for record in records]
    lines = [line for line in found if line is not None]
    return lines, len(records) - len(lines) + bool(torn)


def read_record(record: bytes) -> bytes | None:
    parts = record.split(b" ", 2)
    if len(parts) != 3:
        return None
    checksum, length, line = parts
    fits = length == b"%d" % len(line) and checksum == b"%08x" % crc32(line)
    return line if fits else None
