"""junit.xml for CI servers, drawn from the journal (pytest's own does not know late arrivals)."""

import re
from collections.abc import Mapping
from pathlib import Path

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from harness.report.run import NOT_RUN, Run, Scenario
from harness.verdicts import Verdict

_RESULTS: Mapping[str, type[Error | Failure | Skipped]] = {
    Verdict.BROKEN: Failure,
    Verdict.UNKNOWN: Error,
    Verdict.NOT_RUNNABLE: Skipped,
    Verdict.NOT_SUPPORTED: Skipped,
    Verdict.KNOWN_DEVIATION: Skipped,
    NOT_RUN: Skipped,
}

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped; an answer may be full of them."""


def write(run: Run, path: Path) -> None:
    """Write one suite per feature and one case per scenario that was selected."""
    xml = JUnitXml("gateproof")
    for feature in run.features:
        cases = [_case(one) for one in feature.scenarios if one.selected]
        if cases:
            suite = TestSuite(_for_xml(feature.title))
            for case in cases:
                suite.add_testcase(case)
            xml.add_testsuite(suite)
    xml.update_statistics()  # type: ignore[no-untyped-call]
    xml.write(str(path), pretty=True)


def _case(scenario: Scenario) -> TestCase:
    case = TestCase(
        _for_xml(scenario.title), classname=_for_xml(scenario.file), time=scenario.took_s or 0.0
    )
    kind = _RESULTS.get(scenario.verdict)
    if kind is not None:
        result = kind(message=_for_xml(scenario.reason), type_=scenario.verdict)
        result.text = _for_xml("\n".join(scenario.shown))
        case.result = [result]
    return case


def _for_xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
