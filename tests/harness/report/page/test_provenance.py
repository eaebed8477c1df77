"""Where a run comes from; what its file does not say is not recorded."""

import pytest

from harness.report.page import provenance
from harness.report.run import Run


def _facts(run: Run, heading: str) -> dict[str, str]:
    return dict(dict(provenance.sections(run))[heading])


def test_a_run_says_what_it_ran_on(sample: Run) -> None:
    run = _facts(sample, "The run")

    assert run["began"] == "21 September 2026, 14:13:20 UTC"
    assert run["gateway"] == "reference"
    assert run["selected"] == "everything"
    assert run["exit code"] == "1: something is broken or unknown"
    assert _facts(sample, "How real the parts were") == {"redis": "real", "kafka": "emulated"}
    assert _facts(sample, "The machine")["memory"] == "8,000 MiB"
    assert _facts(sample, "What it cost")["memory"] == "260 MiB"
    assert _facts(sample, "What it cost")["environment ready"] == "0.90 s: eu-1 0.60 s"


def test_what_is_missing_is_not_recorded() -> None:
    for heading in ("The run", "How real the parts were", "Versions", "The machine"):
        assert "not recorded" in _facts(Run(), heading).values()


@pytest.mark.parametrize("at", [None, 1e18, -1e18])
def test_a_moment_that_no_calendar_has_is_left_out(at: float | None) -> None:
    assert provenance.when(at) == ""


def test_what_could_not_run_is_listed_by_its_reason(sample: Run) -> None:
    assert {reason: len(ones) for reason, ones in provenance.unrunnable(sample)} == {
        "@needs-real-kafka: needs kafka": 1,
        "no such plugin": 1,
    }
