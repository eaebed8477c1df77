"""Splits scenarios into shards of about the same time. Pure: every shard's machine comes to the same split.

That holds as long as they all have the same scenarios and the same times.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

UNKNOWN_S = 1.0
"""What a scenario counts for where no time is known at all."""


class BadShard(Exception):
    """A shard, or a file of times, cannot be used. The text is one line."""


@dataclass(frozen=True, slots=True)
class Shard:
    """The `number`th of `count`, counted from 1."""

    number: int
    count: int


def parse(text: str) -> Shard:
    """Read "2/4". Errors: BadShard."""
    found = re.fullmatch(r"(\d{1,4})/(\d{1,4})", text)
    shard = Shard(int(found[1]), int(found[2])) if found else Shard(0, 0)
    if not 1 <= shard.number <= shard.count:
        raise BadShard(f"--shard takes NUMBER/COUNT, as in 2/4, found {text!r}")
    return shard


def times_in(path: Path) -> dict[str, float]:
    """Read how long each scenario took from an earlier run's verdict.json. Units: seconds.

    Errors: BadShard.
    """
    try:
        scenarios = json.loads(path.read_text(encoding="utf-8"))["scenarios"]
        return {one["id"]: float(one["took_s"]) for one in scenarios}
    except OSError as error:
        why = (error.strerror or "").lower()
        raise BadShard(f"the times in {path} cannot be read: {why}") from None
    except (ValueError, KeyError, TypeError):
        raise BadShard(f"{path} is no verdict.json of a run: it has no times") from None


def chosen(ids: Iterable[str], times: Mapping[str, float], shard: Shard) -> frozenset[str]:
    """Return the scenarios of one shard.

    Each one is in exactly one shard. The longest are dealt first, always to the shard that has least;
    one whose time is not known counts as the median of the others.
    """
    return split(frozenset(ids), times, shard.count)[shard.number - 1]


def split(ids: Collection[str], times: Mapping[str, float], count: int) -> list[frozenset[str]]:
    """Return every shard's scenarios."""
    known = [times[one] for one in ids if one in times]
    usual = median(known) if known else UNKNOWN_S
    lasting = {one: max(times.get(one, usual), 0.0) for one in ids}
    shards: list[set[str]] = [set() for _ in range(count)]
    loads = [(0.0, 0)] * count  # scenarios that take no time are spread as well
    for one in sorted(ids, key=lambda one: (-lasting[one], one)):
        lightest = min(range(count), key=lambda number: loads[number])
        shards[lightest].add(one)
        seconds, held = loads[lightest]
        loads[lightest] = (seconds + lasting[one], held + 1)
    return [frozenset(shard) for shard in shards]
