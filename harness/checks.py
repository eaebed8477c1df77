"""Checks are pure functions of the journal's records: what arrived, and was it meant?"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from harness import markers

Record = dict[str, Any]


def unaccounted(records: Sequence[Record], run: str, suffixes: Iterable[str]) -> list[Record]:
    """Return the arrivals that no call of this run accounts for.

    Where headers do not travel (the function), the scenario's function name accounts for it.
    """
    called = {record["marker"] for record in records if record["kind"] == "call"}
    ours = tuple(f"-{suffix}" for suffix in suffixes)
    return [
        record
        for record in records
        if record["kind"] == "arrival"
        and record.get("marker") not in called
        and not (ours and (record.get("function") or "").endswith(ours))
    ]


def scenario_of(arrival: Record) -> str | None:
    """Name the scenario that an arrival's marker names; None when it names none."""
    marker = markers.read(arrival.get("marker"))
    return marker.scenario if marker else None


def late_arrivals(records: Sequence[Record]) -> list[str]:
    """Judge every "was reached N times" again over the whole journal.

    Shape: one line for each expectation that held at its Then and holds no more, led by the
    scenario's suffix.
    """
    arrived = Counter(
        (record["service"], record.get("marker"))
        for record in records
        if record["kind"] == "arrival"
    )
    lines = []
    for record in records:
        if record["kind"] != "expectation":
            continue
        found = sum(
            arrived[service, marker]
            for service in record["services"]
            for marker in record["markers"]
        )
        if found != record["count"]:
            lines.append(
                f"{record['scenario']} {' and '.join(record['services'])} had been reached "
                f"{record['count']} times at the Then, {found} times when the run had drained"
            )
    return lines
