"""The runs of several shards as the records of one: drawn, compared and kept like any other. Pure.

Rigs of different shards have equal names; from the second shard on they carry the id of their run.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from harness.report import lines
from harness.report.lines import Record
from harness.verdicts import Exit

_ALIKE = ("environment", "gateway", "commit", "gateproof")
"""What shards of one run have in common."""

_FRAME = ("run", "specification", "finished")

_WORST_FIRST = (
    Exit.ENVIRONMENT_DIED, Exit.INTERRUPTED, Exit.BROKEN, Exit.PROVED, Exit.NOTHING_RAN,
)  # fmt: skip


class CannotMerge(Exception):
    """These are no shards of one run. The text is one line."""


def merged(shards: Mapping[str, Sequence[Record]]) -> list[Record]:
    """Return the records of one run out of those of its shards, by where each was read.

    Errors: CannotMerge for runs of different things, and for a scenario that ran in two of them.
    """
    _require_alike({place: _one(records, "run") for place, records in shards.items()})
    _require_apart(shards)
    every = list(shards.values())
    rest = [
        _named_apart(record, number, lines.text(_one(records, "run"), "run"))
        for number, records in enumerate(every)
        for record in records
        if record["kind"] not in _FRAME
    ]
    closings = [_one(records, "finished") for records in every]
    return [
        _header([_one(records, "run") for records in every]),
        _specification([_one(records, "specification") for records in every]),
        *rest,
        *([_closing(closings)] if all(closings) else []),  # else it is told that one did not finish
    ]


def _one(records: Sequence[Record], kind: str) -> Record:
    return next((one for one in records if one["kind"] == kind), {})


def _require_alike(headers: Mapping[str, Record]) -> None:
    (first, told), *others = headers.items()
    for place, header in others:
        for what in _ALIKE:
            if header.get(what) != told.get(what):
                raise CannotMerge(
                    f"{first} and {place} are no shards of one run: {what} "
                    f"{told.get(what)!r} and {header.get(what)!r}"
                )


def _require_apart(shards: Mapping[str, Sequence[Record]]) -> None:
    ran: dict[str, str] = {}
    for place, records in shards.items():
        for name in {lines.text(one, "id") for one in records if one["kind"] == "verdict"}:
            if name in ran:
                raise CannotMerge(
                    f"{name} ran in {ran[name]} and in {place}: "
                    "every shard has to be given the same --times"
                )
            ran[name] = place


def _named_apart(record: Record, number: int, run: str) -> Record:
    rig = lines.text(record, "rig")
    return {**record, "rig": f"{rig}@{run}"} if number and rig else record


def _header(headers: Sequence[Record]) -> Record:
    first = headers[0]
    began = [at for one in headers if (at := lines.number(one, "began")) is not None]
    return {
        **first,
        "kind": "run",
        "run": "+".join(lines.text(one, "run") for one in headers),
        "began": min(began, default=None),
    }


def _specification(found: Sequence[Record]) -> Record:
    """What was selected in any shard was selected."""
    chosen = {
        lines.text(example, "id")
        for one in found
        for example in _examples(one)
        if example.get("selected")
    }

    def told(value: Any) -> Any:
        if isinstance(value, list):
            return [told(each) for each in value]
        if not isinstance(value, dict):
            return value
        inner = {key: told(each) for key, each in value.items()}
        return {**inner, "selected": inner["id"] in chosen} if "selected" in inner else inner

    drawn: dict[str, Any] = told(dict(found[0]))
    return {**drawn, "kind": "specification"}


def _examples(specification: Record) -> list[Record]:
    return [
        example
        for feature in lines.records(specification, "features")
        for rule in lines.records(feature, "rules")
        for example in lines.records(rule, "examples")
    ]


def _closing(closings: Sequence[Record]) -> Record:
    exits = {lines.whole(one, "exit") for one in closings}
    costs = [lines.inner(one, "cost") for one in closings]
    return {
        "kind": "finished",
        "at": max(lines.number(one, "at") or 0.0 for one in closings),
        "exit": int(_worst(exits)),
        "counts": _sums(lines.inner(one, "counts") for one in closings),
        "death": next((death for one in closings if (death := lines.text(one, "death"))), ""),
        "interrupted": any(one.get("interrupted") for one in closings),
        "stray": [line for one in closings for line in lines.texts(one, "stray")],
        "listed": [line for one in closings for line in lines.texts(one, "listed")],
        "cost": {
            **_sums({"cpu_s": lines.number(one, "cpu_s") or 0.0} for one in costs),
            **{
                what: max(lines.number(one, what) or 0 for one in costs)
                for what in ("memory_mib", "processes")
            },
        },
        "waits": _sums(lines.inner(one, "waits") for one in closings),
    }


def _worst(exits: Collection[int | None]) -> Exit:
    """An end that is none of ours, or was not recorded, proves nothing."""
    if not set(_WORST_FIRST).issuperset(exits):
        return Exit.ENVIRONMENT_DIED
    return next(code for code in _WORST_FIRST if code in exits)


def _sums(several: Any) -> dict[str, Any]:
    total: Counter[str] = Counter()
    for one in several:
        total.update({key: lines.number(one, key) or 0 for key in one})
    return {key: int(value) if float(value).is_integer() else value for key, value in total.items()}
