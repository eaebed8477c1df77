"""The results of a run while it goes: what its exit code and its last lines are drawn from.

What is written into the report folder is drawn from the journal: `harness.report.outputs`.
"""

from collections import Counter, defaultdict
from typing import Any

from harness.verdicts import Exit, Verdict, exit_code

Scenario = dict[str, Any]


class Results:
    """Shape: scenarios by id, as `Seen` draws them; `exit` is decided by `finish`."""

    def __init__(self, run: str) -> None:
        self.run = run
        self.scenarios: dict[str, Scenario] = {}
        self.stray: list[str] = []
        self.listed: list[str] = []
        self.cost: dict[str, Any] = {}
        self.opened: dict[str, Any] = {}
        self.death = ""
        self.exit = Exit.NOTHING_RAN

    def add(self, scenario: Scenario) -> bool:
        """Take a scenario's result; a failure after the last step outweighs what came before.

        Returns whether it is the scenario's last word so far.
        """
        known = self.scenarios.get(scenario["id"])
        if known is not None and _weight(scenario) <= _weight(known):
            return False
        self.scenarios[scenario["id"]] = scenario
        return True

    def drained(self, found: dict[str, Any]) -> list[Scenario]:
        """Let what the drained journal shows turn verdicts: late arrivals, strangers.

        Returns the scenarios that it turned.
        """
        before = {name: one["reason"] for name, one in self.scenarios.items()}
        self.cost, self.opened = found["cost"], found["opened"]
        self.listed = found.get("listed", [])
        by_suffix = {s["suffix"]: s for s in self.scenarios.values() if s["suffix"]}
        for line in found["late"]:
            suffix, _, words = line.partition(" ")
            self._break(by_suffix.get(suffix), f"late arrival: {words}")
        for stranger in found["unaccounted"]:
            self._break(by_suffix.get(stranger["scenario"]), stranger["line"])
        for line in found["unread"]:
            self._break(None, f"a ledger could not be read: {line}")
        return [one for name, one in self.scenarios.items() if one["reason"] != before[name]]

    def _break(self, scenario: Scenario | None, reason: str) -> None:
        if scenario is None:
            self.stray.append(reason)
        else:
            scenario["verdict"] = str(Verdict.BROKEN)
            scenario["reason"] = "; ".join(filter(None, (scenario["reason"], reason)))

    def finish(self, *, death: str, interrupted: bool, strict: bool) -> None:
        self.death = death
        verdicts = [Verdict(scenario["verdict"]) for scenario in self.scenarios.values()]
        self.exit = exit_code(verdicts, strict=strict)
        if self.stray:
            self.exit = Exit.BROKEN
        if interrupted:
            self.exit = Exit.INTERRUPTED
        if death:
            self.exit = Exit.ENVIRONMENT_DIED

    @property
    def counts(self) -> Counter[str]:
        return Counter(scenario["verdict"] for scenario in self.scenarios.values())

    def waits(self) -> list[tuple[str, float]]:
        """Seconds waited by reason, longest first."""
        total: dict[str, float] = defaultdict(float)
        for scenario in self.scenarios.values():
            for reason, took in scenario["waits"]:
                total[reason] += took
        return sorted(total.items(), key=lambda pair: -pair[1])

    def readiness(self) -> str:
        """Say how long the shared environment took, and which parts decided it."""
        if not self.opened:
            return "no shared environment"
        path = ", ".join(f"{s['part']} {s['took_s']:.2f} s" for s in self.opened["critical_path"])
        took, cpu = self.opened["took_s"], self.opened["cpu_s"]
        return f"{took:.2f} s ({cpu:.2f} CPU seconds) for {len(self.opened['parts'])} parts: {path}"

    def slowest_steps(self, count: int) -> list[tuple[float, str, str]]:
        """The slowest steps as (seconds, step, scenario)."""
        steps = [
            (step["took_s"], step["text"], scenario["title"])
            for scenario in self.scenarios.values()
            for step in scenario["steps"]
        ]
        return sorted(steps, reverse=True)[:count]


def _weight(scenario: Scenario) -> int:
    order = [Verdict.PROVED, Verdict.NOT_RUNNABLE, Verdict.UNKNOWN, Verdict.BROKEN]
    verdict = Verdict(scenario["verdict"])
    return order.index(verdict) if verdict in order else 0
