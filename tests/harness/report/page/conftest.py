"""A run with a bit of everything, as its records and as its page."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from harness.report import lines, reading
from harness.report.run import Run
from load.big_run import BEGAN, RUN, Size, records

Record = dict[str, Any]

FAULTY = f"s5-{RUN}"
"""The scenario that has a rig of its own, faults in it, and a call without an answer."""


def _sample() -> list[Record]:
    made = [deepcopy(record) for record in records(Size(24, 3, 2))]
    verdicts = [record for record in made if record["kind"] == "verdict"]
    verdicts[5] |= {"verdict": "unknown", "reason": "call 1 got no answer: timed out: ReadTimeout",
                    "rig": "rig1"}  # fmt: skip
    verdicts[5]["steps"][3]["passed"] = False
    verdicts[5]["steps"] = verdicts[5]["steps"][:4]
    verdicts[6] |= {"verdict": "not runnable here", "reason": "@needs-real-kafka: needs kafka"}
    verdicts[7] |= {"verdict": "known deviation", "reason": "a prefix ends anywhere"}
    verdicts[8] |= {"verdict": "not supported", "reason": "no such plugin"}
    specification = next(record for record in made if record["kind"] == "specification")
    last = specification["features"][-1]["rules"][-1]["examples"][-1]
    last["selected"] = False
    made.remove(next(one for one in verdicts if one["id"] == last["id"]))
    for record in made:
        if record.get("scenario") == FAULTY:
            record["rig"] = "rig1"
    call = next(one for one in made if one["kind"] == "call" and one["scenario"] == FAULTY)
    call |= {"status": None, "error": "timed out: ReadTimeout", "headers": [], "body": ""}
    at = call["started"]
    return [
        *made[:-1],
        {"kind": "opened", "rig": "shared", "parts": ["eu-1"], "took_s": 0.9, "cpu_s": 1.1,
         "critical_path": [{"part": "eu-1", "took_s": 0.6}], "at": BEGAN + 0.9},
        {"kind": "opened", "rig": "rig1", "parts": ["redis"], "took_s": 0.3, "at": at - 0.2},
        {"kind": "publication", "rig": "rig1", "versions": {"eu": 1}, "refused": {},
         "at": at - 0.1},
        {"kind": "fault", "rig": "rig1", "action": "cut", "target": "redis", "bites": False,
         "at": at - 0.05},
        {"kind": "fault", "rig": "rig1", "action": "heal", "target": "redis", "bites": True,
         "at": at + 0.02},
        made[-1],
    ]  # fmt: skip


@pytest.fixture(scope="session")
def sample_records() -> list[Record]:
    return _sample()


@pytest.fixture
def sample(sample_records: list[Record]) -> Run:
    return read(sample_records)


def read(found: list[Record]) -> Run:
    text = "\n".join(json.dumps(record) for record in found) + "\n"
    return reading.run_of(lines.parsed(text.encode()))


@pytest.fixture(scope="session")
def read_run() -> Callable[[list[Record]], Run]:
    """Read records as a file of them would be read."""
    return read


NASTY = (
    "<script>window.pwned=1</script></script>]]>--><img src=x onerror=window.pwned=1>"
    "\"'`${1}{{7*7}}\x00\x1b[31m\ud800\u202eevil\u2066\ufeff&lt;"
)
"""What a body, a header or a title may be full of."""


@pytest.fixture(scope="session")
def hostile(sample_records: list[Record]) -> Run:
    """The same run, with markup, controls and marks in every text that there is."""
    found = _poisoned(sample_records)
    assert isinstance(found, list)
    return read(found)


def _poisoned(value: Any, key: str = "") -> Any:
    if isinstance(value, str):
        return value if key in ("kind", "verdict", "action") else NASTY + value
    if isinstance(value, list):
        return [_poisoned(one, key) for one in value]
    if isinstance(value, dict):
        return {name: _poisoned(one, name) for name, one in value.items()}
    return value


@pytest.fixture(scope="session")
def planted_bugs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The table that `make mutants` leaves."""
    path = tmp_path_factory.mktemp("mutants") / "mutants.json"
    rows = [
        {"id": "exp", "promise": "Tokens end", "bug": "exp is never checked",
         "file": "gateway/tokens.py", "caught_by": "features/a/a.feature::One", "step": "the call",
         "took_s": 2.5, "caught": True},
        {"id": "off-by-one", "promise": "Quotas end", "bug": "one call too many",
         "file": "gateway/quota.py", "caught_by": "", "step": "", "took_s": 3, "caught": False},
    ]  # fmt: skip
    path.write_text(json.dumps(rows))
    return path
