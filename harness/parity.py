"""Compares two runs verdict by verdict. Pure, but for reading the files.

A difference is a failure unless it is listed with its reason; one that is listed and no longer there is
stale, and a failure as well.
"""

import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.settings import ROOT

LIST = ROOT / "harness" / "parity.toml"
ABSENT = "not run"


class BadReport(Exception):
    """A report or the list cannot be read. The text is one line."""


@dataclass(frozen=True, slots=True)
class Report:
    """One finished run. Shape: verdicts and reasons by scenario id."""

    name: str
    environment: str
    verdicts: Mapping[str, str]
    reasons: Mapping[str, str]
    death: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A difference that is expected. Shape: verdicts by environment; scenario may end with `*`."""

    scenario: str
    verdicts: Mapping[str, str]
    reason: str

    def means(self, scenario: str) -> bool:
        if self.scenario.endswith("*"):
            return scenario.startswith(self.scenario[:-1])
        return scenario == self.scenario


@dataclass(frozen=True, slots=True)
class Difference:
    """One scenario with two verdicts; `reason` is the listed one, empty where it is not listed."""

    scenario: str
    verdicts: tuple[str, str]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Parity:
    """What a comparison found."""

    one: Report
    other: Report
    differences: tuple[Difference, ...]
    stale: tuple[Listed, ...]
    same: int

    @property
    def unlisted(self) -> list[Difference]:
        return [each for each in self.differences if not each.reason]

    @property
    def holds(self) -> bool:
        return not self.unlisted and not self.stale


def read(folder: Path) -> Report:
    """Read a report's verdict.json. Errors: BadReport."""
    file = folder / "verdict.json" if folder.is_dir() else folder
    try:
        written = json.loads(file.read_text(encoding="utf-8"))
        scenarios: list[dict[str, Any]] = written["scenarios"]
        return Report(
            str(folder),
            str(written["environment"]),
            {one["id"]: one["verdict"] for one in scenarios},
            {one["id"]: one["reason"] for one in scenarios},
            written.get("death") or "",
        )
    except OSError as error:
        raise BadReport(f"{file} cannot be read: {(error.strerror or '').lower()}") from None
    except (ValueError, KeyError, TypeError):
        raise BadReport(f"{file} is no verdict.json of a run") from None


def listed(file: Path = LIST) -> list[Listed]:
    """Read the list of expected differences. Errors: BadReport."""
    try:
        entries = tomllib.loads(file.read_text(encoding="utf-8")).get("difference", [])
        return [_entry(file, number, entry) for number, entry in enumerate(entries, start=1)]
    except OSError as error:
        raise BadReport(f"{file} cannot be read: {(error.strerror or '').lower()}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadReport(f"{file} is no TOML: {str(error).splitlines()[0]}") from None


def _entry(file: Path, number: int, entry: Any) -> Listed:
    verdicts = dict(entry) if isinstance(entry, dict) else {}
    scenario, reason = verdicts.pop("scenario", ""), verdicts.pop("reason", "")
    texts = [scenario, reason, *verdicts.values()]
    if not all(isinstance(text, str) and text.strip() for text in texts) or len(verdicts) != 2:
        raise BadReport(
            f"{file}: difference {number} has to have scenario, reason, and the verdicts of two "
            'environments, as in embedded = "not runnable here"'
        )
    return Listed(scenario, verdicts, reason)


def compare(one: Report, other: Report, expected: Iterable[Listed], *, whole: bool) -> Parity:
    """Compare two runs.

    With `whole` both ran everything: an expected difference whose scenario is gone is stale, too.
    """
    pair = (one.environment, other.environment)
    concerned = [entry for entry in expected if set(entry.verdicts) == set(pair)]
    ids = sorted(one.verdicts.keys() | other.verdicts.keys())
    differences, used = [], set()
    for scenario in ids:
        verdicts = (one.verdicts.get(scenario, ABSENT), other.verdicts.get(scenario, ABSENT))
        if verdicts[0] == verdicts[1]:
            continue
        known = next(
            (
                entry
                for entry in concerned
                if entry.means(scenario)
                and (entry.verdicts[pair[0]], entry.verdicts[pair[1]]) == verdicts
            ),
            None,
        )
        if known is not None:
            used.add(known.scenario)
        differences.append(Difference(scenario, verdicts, known.reason if known else ""))
    stale = [
        entry
        for entry in concerned
        if entry.scenario not in used and (whole or any(entry.means(name) for name in ids))
    ]
    return Parity(one, other, tuple(differences), tuple(stale), len(ids) - len(differences))


def written(parity: Parity) -> str:
    """Write what was found as lines."""
    lines = [f"{report.environment:<12}{_counted(report)}  ({report.name})"
             for report in (parity.one, parity.other)]  # fmt: skip
    for each in parity.unlisted:
        lines += ["", f"differs  {each.scenario}"]
        for report, verdict in zip((parity.one, parity.other), each.verdicts, strict=True):
            reason = report.reasons.get(each.scenario, "")
            lines.append(f"    {report.environment}: {verdict}" + (f": {reason}" if reason else ""))
    expected = [each for each in parity.differences if each.reason]
    lines += [""] if expected or parity.stale else []
    lines += [f"listed   {each.scenario}: {each.reason}" for each in expected]
    lines += [
        f"stale    {entry.scenario}: it is listed, and the difference is not there any more"
        for entry in parity.stale
    ]
    lines += [
        "",
        f"{parity.same} the same, {len(parity.unlisted)} differ, {len(expected)} differ as listed, "
        f"{len(parity.stale)} listed and stale",
    ]
    return "\n".join(lines) + "\n"


def _counted(report: Report) -> str:
    counts = Counter(report.verdicts.values())
    return (
        ", ".join(f"{count} {verdict}" for verdict, count in counts.most_common()) or "nothing ran"
    )
