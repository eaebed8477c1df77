"""summary.md: what a run proved, for a pull request. What broke comes first, in words."""

from collections.abc import Iterator
from pathlib import Path

from harness.report import anchors, markdown
from harness.report.run import NOT_RUN, Run, Scenario, said
from harness.verdicts import Verdict

_SHOWN = 20
"""As many failures are told in full; a summary is to be read."""
_REASON = 2000
_SHAPES = {
    Verdict.PROVED: "✓",
    Verdict.BROKEN: "✗",
    Verdict.UNKNOWN: "?",
    Verdict.KNOWN_DEVIATION: "≠",
    Verdict.NOT_SUPPORTED: "–",
    Verdict.NOT_RUNNABLE: "○",
    NOT_RUN: "·",
}


def write(run: Run, path: Path) -> None:
    path.write_text(drawn(run), encoding="utf-8", errors="replace")


def append(run: Run, path: Path) -> None:
    """Add it to what is there."""
    with path.open("a", encoding="utf-8", errors="replace") as file:
        file.write(drawn(run))


def drawn(run: Run) -> str:
    """Draw the summary as Markdown; links lead into index.html beside it."""
    return "\n".join(_lines(run)) + "\n"


def _lines(run: Run) -> Iterator[str]:
    yield f"## Gateproof: {headline(run)}"
    yield ""
    yield f"{_surroundings(run)}"
    for problem in run.problems:
        yield f"\n> {markdown.inline(problem)}"
    if run.death:
        yield f"\n> **The environment died**: {markdown.inline(markdown.cut(run.death, _REASON))}"
    if run.interrupted:
        yield "\n> **Interrupted**: what was under way is not judged."
    failed = [one for one in run.scenarios if one.failed]
    if failed or run.stray:
        yield "\n### What broke\n"
    for scenario in failed[:_SHOWN]:
        yield from _failure(scenario)
    if len(failed) > _SHOWN:
        yield f"and {len(failed) - _SHOWN} more: [all of them](index.html#{anchors.VIEWS[0]})\n"
    for reason in run.stray[:_SHOWN]:
        yield f"* broken, and it concerns no scenario: {markdown.inline(markdown.cut(reason, 500))}"
    yield "\n### Counted\n"
    yield "| verdict | scenarios |\n|---|---:|"
    for kind, count in run.counts.items():
        yield f"| {_SHAPES.get(kind, '·')} {markdown.inline(kind)} | {count} |"
    yield from _not_run(run)


def headline(run: Run) -> str:
    """Say in one line what came of it, the worst first."""
    order = [Verdict.BROKEN, Verdict.UNKNOWN, Verdict.PROVED]
    rest = [kind for kind in run.counts if kind not in (*order, NOT_RUN)]
    counted = [f"{run.counts[kind]} {kind}" for kind in (*order, *rest) if run.counts.get(kind)]
    took = f" in {run.took_s:.1f} s" if run.took_s is not None else ""
    return (", ".join(counted) or "nothing ran") + took


def _surroundings(run: Run) -> str:
    commit = (run.commit[:12] + (" with changes" if run.dirty else "")) or said(run.commit)
    facts = {
        "gateway": run.gateway, "environment": run.environment, "commit": commit,
        "seed": run.seed, "run": run.id,
    }  # fmt: skip
    return ", ".join(f"{name} {markdown.inline(said(value))}" for name, value in facts.items())


def _failure(scenario: Scenario) -> Iterator[str]:
    title = markdown.inline(scenario.title)
    shape = _SHAPES.get(scenario.verdict, "·")
    yield f"#### {shape} {scenario.verdict}: [{title}](index.html#{anchors.example(scenario.id)})"
    yield ""
    yield f"* **Promise** {markdown.inline(scenario.rule or scenario.feature)}"
    yield f"* **Example** {markdown.inline(scenario.id)}"
    step = next((one for one in scenario.steps if one.passed is False), None)
    if step is not None:
        yield f"* **At** {markdown.inline(f'{step.keyword} {step.text}')}"
    yield "* **Found**\n"
    yield markdown.block(markdown.cut(scenario.reason or "nothing was said", _REASON), "text")
    yield "\n* **Again**\n"
    yield markdown.block(scenario.again or f"gateproof e2e '{scenario.id}'", "sh")
    yield ""


def _not_run(run: Run) -> Iterator[str]:
    """Say why scenarios were left out, each reason once."""
    reasons: dict[str, int] = {}
    for scenario in run.scenarios:
        if scenario.verdict in (Verdict.NOT_RUNNABLE, NOT_RUN) and scenario.reason:
            reasons[scenario.reason] = reasons.get(scenario.reason, 0) + 1
    if reasons:
        yield "\n### Left out\n"
    for reason, count in sorted(reasons.items(), key=lambda pair: -pair[1])[:_SHOWN]:
        yield f"* {count}: {markdown.inline(markdown.cut(reason, 500))}"
