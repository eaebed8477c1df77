"""Results of scenarios as a run reports them, and whole runs as a journal has them."""

from collections.abc import Callable
from typing import Any

import pytest

from harness.report import lines, reading
from harness.report.run import Run


@pytest.fixture
def scenario() -> Callable[..., dict[str, Any]]:
    """What is reported of one scenario; proved unless it is said otherwise."""

    def make(number: int = 1, verdict: str = "proved", **said: Any) -> dict[str, Any]:
        return {
            "id": f"features/quotas/q.feature::Example {number}",
            "area": "quotas",
            "feature": "Quotas",
            "rule": "A rule",
            "title": f"Example {number}",
            "suffix": f"s{number}-k3f9",
            "verdict": verdict,
            "took_s": 0.25,
            "reason": "" if verdict == "proved" else "a reason",
            "shown": [],
            "steps": [],
            "waits": [],
            **said,
        }

    return make


@pytest.fixture
def run_of() -> Callable[..., Run]:
    """A finished run of these scenarios, read from its records; `more` are further records."""

    def make(*scenarios: dict[str, Any], more: Any = (), **facts: Any) -> Run:
        examples = [
            {
                "id": one["id"], "title": one["title"], "tags": [], "line": 1, "selected": True,
                "steps": [],
            }
            for one in scenarios
        ]  # fmt: skip
        rule = {"title": "A rule", "description": "", "tags": [], "examples": examples}
        feature = {"file": "features/quotas/q.feature", "area": "quotas", "title": "Quotas",
                   "description": "", "tags": [], "rules": [rule]}  # fmt: skip
        header = {"kind": "run", "format": 1, "run": "k3f9", "gateway": "reference",
                  "environment": "embedded", "began": 1.0}  # fmt: skip
        finished = {"kind": "finished", "at": 9.0, "exit": 0, "cost": {"processes": 9}}
        return reading.run_of(
            lines.Lines(
                [
                    header | {key: one for key, one in facts.items() if key in header},
                    {"kind": "specification", "features": [feature] if scenarios else []},
                    *({"kind": "verdict", "scenario": s["suffix"], **s} for s in scenarios),
                    *more,
                    {**finished, **facts},
                ]
            )
        )

    return make
