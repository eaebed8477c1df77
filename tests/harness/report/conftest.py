"""Results of scenarios as a run reports them."""

from collections.abc import Callable
from typing import Any

import pytest


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
