"""Everything that is written into a report folder, drawn from the journal: one list.

`gateproof e2e` and `gateproof report` write the same files from the same values.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.report import Results, junit, reading, summary, verdict_json
from harness.report.run import Run

PAGE = "index.html"


def _page(run: Run, path: Path) -> None:
    from harness.report import page  # imported when a page is drawn: it brings its templates

    page.write(run, path)


WRITERS: Mapping[str, Callable[[Run, Path], None]] = {
    "verdict.json": verdict_json.write,
    "junit.xml": junit.write,
    "summary.md": summary.write,
    PAGE: _page,
}
"""Every file of a report, what scripts rely on first."""


@dataclass(slots=True)
class Outputs:
    """Writes into a folder. `step_summary` gets the summary as well, where a CI server reads it."""

    folder: Path
    step_summary: Path | None = None

    def write(self, journal: Path, known: Results | None = None) -> list[str]:
        """Write every file; returns one line for each that could not be written.

        `known` is what a run knows by itself: a journal that says less is complained about.
        """
        try:
            run = reading.read(journal)
        except reading.NotARun as error:
            return [str(error)]
        complaints = _differences(run, known) if known is not None else []
        return [*complaints, *self.draw(run)]

    def draw(self, run: Run) -> list[str]:
        complaints = []
        for name, write in WRITERS.items():
            try:
                write(run, self.folder / name)
            except Exception as error:  # one that fails must not cost the others
                complaints.append(_complaint(self.folder / name, error))
        if self.step_summary is not None:
            try:
                with self.step_summary.open("a", encoding="utf-8") as file:
                    file.write(summary.drawn(run))
            except OSError as error:
                complaints.append(_complaint(self.step_summary, error))
        return complaints


def _complaint(path: Path, error: Exception) -> str:
    words = " ".join(str(error).split()) or "no reason"
    return (
        f"{path} could not be written: {type(error).__name__}: {words}; "
        "`gateproof report --from` draws it again from run.ndjson"
    )


def _differences(run: Run, known: Results) -> list[str]:
    lost = [kind for kind, count in known.counts.items() if run.counts.get(kind, 0) != count]
    if not lost:
        return []
    found = ", ".join(f"{run.counts.get(kind, 0)} of {known.counts[kind]} {kind}" for kind in lost)
    return [f"run.ndjson does not hold everything: {found}; was the disk full?"]
