"""junit.xml for CI servers, drawn from the verdicts (pytest's own does not know late arrivals)."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from harness.verdicts import Verdict

_RESULTS = {
    Verdict.BROKEN: Failure,
    Verdict.UNKNOWN: Error,
    Verdict.NOT_RUNNABLE: Skipped,
    Verdict.NOT_SUPPORTED: Skipped,
    Verdict.KNOWN_DEVIATION: Skipped,
}

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped; an answer may be full of them."""


def write(path: Path, scenarios: Iterable[Mapping[str, Any]]) -> None:
    """Write one suite per feature and one case per scenario."""
    suites: dict[str, TestSuite] = {}
    for scenario in scenarios:
        suite = suites.setdefault(scenario["feature"], TestSuite(scenario["feature"]))
        suite.add_testcase(_case(scenario))
    xml = JUnitXml("gateproof")
    for suite in suites.values():
        xml.add_testsuite(suite)
    xml.update_statistics()  # type: ignore[no-untyped-call]
    xml.write(str(path), pretty=True)


def _case(scenario: Mapping[str, Any]) -> TestCase:
    case = TestCase(
        scenario["title"], classname=scenario["id"].partition("::")[0], time=scenario["took_s"]
    )
    kind = _RESULTS.get(Verdict(scenario["verdict"]))
    if kind is not None:
        result = kind(message=_for_xml(scenario["reason"]), type_=scenario["verdict"])
        result.text = _for_xml("\n".join(scenario["shown"]))
        case.result = [result]
    return case


def _for_xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
