"""Everything that is written into a report folder, drawn from the journal: one list.

`gateproof e2e` and `gateproof report` write the same files from the same values.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from harness.report import Results, history, junit, reading, summary, verdict_json
from harness.report.run import Run

PAGE = "index.html"
MUTANTS = "mutants.json"
"""Where `make mutants` leaves its table."""


WRITERS: Mapping[str, Callable[[Run, Path], None]] = {
    "verdict.json": verdict_json.write,
    "junit.xml": junit.write,
    "summary.md": summary.write,
}
"""Every file of a report but the page: what scripts rely on."""


@dataclass(slots=True)
class Outputs:
    """Writes into a folder.

    Shape: `step_summary` gets the summary as well, where a CI server reads it; `history` is a file
           that the run is added to, for who keeps one.
    """

    folder: Path
    step_summary: Path | None = None
    history: Path | None = None

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
        """Write every file of a run; what fails costs no other. Returns one line for each."""
        work: dict[Path, Callable[[Path], None]] = {
            self.folder / name: partial(write, run) for name, write in WRITERS.items()
        }
        if self.step_summary is not None:
            work[self.step_summary] = partial(summary.append, run)
        if self.history is not None:
            work[self.history] = partial(history.remember, run)
        work[self.folder / PAGE] = self.page(run)
        return [complaint for path, write in work.items() if (complaint := _tried(write, path))]

    def page(self, run: Run) -> Callable[[Path], None]:
        """Return what writes the page."""

        def write(path: Path) -> None:
            from harness.report import page  # when a page is drawn: it brings its templates

            page.write(run, path, mutants=self.folder / MUTANTS, history=self.history)

        return write


def _tried(write: Callable[[Path], None], path: Path) -> str:
    try:
        write(path)
    except history.BrokenHistory as error:
        return str(error)
    except Exception as error:  # whatever it is, it must not cost the others
        return _complaint(path, error)
    return ""


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
