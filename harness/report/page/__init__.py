"""The page: one self-contained `index.html`, drawn from a run and nothing else.

It opens from disk, fetches nothing (its own policy forbids it), and shows the specification, all
verdicts and the evidence of what failed without JavaScript. The rest of the evidence is one
compressed block that the page unpacks where it is read.
"""

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping
from itertools import accumulate
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup

from harness.report import anchors
from harness.report.history import flaky_in
from harness.report.page import (
    bugs,
    coverage,
    diagram,
    differences,
    evidence,
    headline,
    outline,
    packing,
    provenance,
    reach,
    timeline,
)  # fmt: skip
from harness.report.page.drawing import asset, environment
from harness.report.run import Run, Scenario
from harness.settings import ROOT

_SCRIPTS = ("tags.js", "evidence.js", "filters.js", "places.js", "keys.js")
"""In the order in which the page runs them; each is one idea."""

_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="#4453c8" '
    'd="M3 21V10a9 9 0 0 1 18 0v11h-4V10a5 5 0 0 0-10 0v11z"/></svg>'
)


def write(
    run: Run, path: Path, *, mutants: Path | None = None, history: Path | None = None
) -> None:
    """Write the page of a run. `mutants` and `history` are used where they can be read."""
    planted = bugs.read(mutants) if mutants is not None else None
    flaky = flaky_in(history, run) if history is not None else {}
    path.write_text(page(run, planted, flaky), encoding="utf-8", errors="replace")


def page(run: Run, planted: list[bugs.Bug] | None = None, flaky: Mapping[str, str] = {}) -> str:
    """Draw the page."""
    areas = outline.areas(run)
    promises = [promise for area in areas for promise in area.promises]
    scenarios = list(run.scenarios)
    counts = outline.in_order(Counter(scenario.verdict for scenario in scenarios))
    tags = outline.tags_of(scenarios)
    ran = bool(run.id or run.began is not None)
    drawing = _Evidence(run)
    deferred = {
        anchors.example(one.id): piece
        for one in scenarios
        if not one.failed and (piece := drawing.of(one))
    }
    dimensions = coverage.of(run, areas, reach.of_sources(ROOT))
    style, theme, script = asset("page.css"), asset("theme.js"), asset(*_SCRIPTS)
    return environment().get_template("index.html").render(
        run=run,
        ran=ran,
        began=provenance.when(run.began),
        areas=areas,
        known={anchors.example(one.id) for one in scenarios},
        headline=headline.headline(promises, run.death) if ran else headline.promised(promises),
        notices=headline.notices(run),
        total=len(scenarios),
        promise_count=len(promises),
        counts=counts,
        segments=_segments(counts),
        failed=sorted((one for one in scenarios if one.failed), key=lambda one: one.verdict),
        tags=tags,
        tag_example="needs-rig and not slow",
        capabilities=[(tag, n) for tag, n in tags if tag.startswith("needs-")],
        flaky=flaky,
        evidence_of=drawing.of,
        deferred=deferred.keys(),
        packed=Markup(packing.packed(deferred)),
        coverage=dimensions,
        gaps=sum(len(one.missing) for one in dimensions),
        bugs=planted,
        caught=sum(1 for bug in planted or () if bug.caught),
        provenance=provenance.sections(run),
        timeline=timeline.drawn(run),
        unrunnable=provenance.unrunnable(run),
        style=Markup(style), style_hash=_hash(style),
        theme=Markup(theme), theme_hash=_hash(theme),
        script=Markup(script), script_hash=_hash(script),
        icon=Markup("data:image/svg+xml," + quote(_ICON)),
    )  # fmt: skip


class _Evidence:
    """Draws the evidence of one example after the other."""

    def __init__(self, run: Run) -> None:
        self._published = evidence.publications_by_rig(run)
        self._template = environment().get_template("evidence.html")

    def of(self, scenario: Scenario) -> Markup:
        """Draw it; empty when there is nothing to show."""
        found = evidence.of(scenario, self._published.get(scenario.rig, ()))
        if found.is_empty and not (scenario.failed or scenario.again):
            return Markup("")
        return Markup(
            self._template.render(
                evidence=found,
                finding=differences.finding(scenario.reason),
                diagram=diagram.drawn(found),
                uid=anchors.example(scenario.id),
            )
        )


def _segments(counts: list[tuple[str, int]]) -> list[tuple[str, int, int]]:
    """Each verdict with where its part of the bar begins, and how long it is."""
    starts = accumulate((n for _, n in counts), initial=0)
    return [(word, start, n) for (word, n), start in zip(counts, starts, strict=False)]


def _hash(text: str) -> str:
    """The name by which the page's own policy knows a style or a script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
