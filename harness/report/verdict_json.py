"""verdict.json: what a run proved, for scripts."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harness.report.run import NOT_RUN, Run, Scenario
from harness.warden.rig import SHARED

_KEPT = ("id", "feature", "rule", "title", "verdict", "took_s", "reason")


def write(run: Run, path: Path) -> None:
    text = json.dumps(drawn(run), indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def drawn(run: Run) -> dict[str, Any]:
    """Shape: `exit` is the exit code of `gateproof e2e`; `counts` has every kind of verdict;
    `scenarios` are those that ran.
    """
    return {
        "run": run.id,
        "environment": run.environment,
        "fidelity": dict(run.fidelity),
        "gateway": run.gateway,
        "seed": run.seed,
        "began": run.began,
        "ended": run.ended,
        "exit": run.exit,
        "counts": dict(run.counts),
        "death": run.death,
        "stray": list(run.stray),
        "listed": list(run.listed),
        "cost": dict(run.cost),
        "opened": next((asdict(one) for one in run.opened if one.rig == SHARED), {}),
        "waits": dict(run.waits),
        "problems": list(run.problems),
        "scenarios": [_short(one) for one in in_order(run)],
    }


def in_order(run: Run) -> list[Scenario]:
    """Return the scenarios that have a verdict, by id."""
    ran = (one for one in run.scenarios if one.verdict != NOT_RUN)
    return sorted(ran, key=lambda one: one.id)


def _short(scenario: Scenario) -> dict[str, Any]:
    return {name: getattr(scenario, name) for name in _KEPT}
