"""`gateproof report`: draw a run's results again, merge shards, compare runs, draw features without a run."""

import argparse
import json
import sys
from pathlib import Path

from harness.commands.complaints import BadInput, complain
from harness.report import comparing, differing, docs_only, history, lines, merging, reading
from harness.report.history import BrokenHistory, History
from harness.report.merging import CannotMerge
from harness.report.outputs import PAGE, Outputs
from harness.report.reading import NotARun
from harness.settings import ROOT
from harness.specification.catalogue import feature_files

DONE, WORSE, BAD_INPUT = 0, 1, 2
_DOCS = Path("report") / "docs"


def run(options: argparse.Namespace) -> int:
    """Returns 0 when everything was drawn and nothing is newly broken, 1 if not, 2 for bad input."""
    try:
        _require_one_job(options)
        if options.diff:
            return _diff(options)
        if options.docs_only:
            return _docs_only(options)
        if options.merge:
            return _merged(options)
        return _again(options)
    except (BadInput, NotARun, BrokenHistory, CannotMerge) as error:
        complain(error)
    except OSError as error:
        complain(f"{error.filename or 'a file'} could not be written: {error.strerror}")
    return BAD_INPUT


def _require_one_job(options: argparse.Namespace) -> None:
    if options.diff and (options.docs_only or options.source or options.to or options.history):
        raise BadInput("--diff takes two runs and nothing else but --html and --json")
    if options.merge and (options.diff or options.docs_only or options.source or not options.to):
        raise BadInput("--merge takes the runs of shards, and --to DIR for what they are together")
    if not options.diff and (options.html or options.json):
        raise BadInput("--html and --json tell what differs: they need --diff A B")


def _again(options: argparse.Namespace) -> int:
    journal = lines.file_of(Path(options.source or "report"))
    found = reading.read(journal)
    folder = Path(options.to) if options.to else journal.parent
    folder.mkdir(parents=True, exist_ok=True)
    complaints = Outputs(folder, history=_path(options.history)).draw(found)
    for line in (*found.problems, *complaints):
        complain(line)
    counted = ", ".join(f"{count} {kind}" for kind, count in found.counts.items() if count)
    sys.stdout.write(f"{counted or 'nothing ran'}; results in {folder / PAGE}\n")
    return WORSE if complaints else DONE


def _merged(options: argparse.Namespace) -> int:
    """Write the journal of all shards together, and draw it like that of any run."""
    found = {name: lines.read_lines(lines.file_of(Path(name))) for name in options.merge}
    for name, one in found.items():
        for problem in one.problems:
            complain(f"{name}: {problem}")
    records = merging.merged({name: one.records for name, one in found.items()})
    folder = Path(options.to)
    folder.mkdir(parents=True, exist_ok=True)
    journal = folder / "run.ndjson"
    text = (json.dumps(one, separators=(",", ":"), ensure_ascii=False) for one in records)
    journal.write_text("".join(f"{line}\n" for line in text), encoding="utf-8")
    options.source = str(journal)
    return _again(options)


def _diff(options: argparse.Namespace) -> int:
    before, after = (reading.read(Path(name)) for name in options.diff)
    found = comparing.compare(before, after)
    if options.html:
        page = Path(options.html)
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(differing.page(found), encoding="utf-8")
    if options.json:
        sys.stdout.write(json.dumps(differing.plain(found), indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(differing.text(found))
    return WORSE if found.newly_broken else DONE


def _docs_only(options: argparse.Namespace) -> int:
    older = reading.read(Path(options.source)) if options.source else None
    known = history.read(Path(options.history)) if options.history else History()
    drawn = docs_only.drawn(feature_files(_folders(options.features)), ROOT, known, older)
    folder = Path(options.to) if options.to else _DOCS
    folder.mkdir(parents=True, exist_ok=True)
    Outputs(folder, history=_path(options.history)).page(drawn)(folder / PAGE)
    total = sum(drawn.counts.values())
    sys.stdout.write(
        f"{total} examples, {total - drawn.counts['not run']} with a last known verdict: "
        f"{folder / PAGE}\n"
    )
    return DONE


def _folders(own: str | None) -> list[Path]:
    folders = [ROOT / "features"]
    if own:
        path = Path(own)
        if not any(path.rglob("*.feature")):
            raise BadInput(f"there is no .feature file in {own}")
        folders.append(path.resolve())
    return folders


def _path(name: str | None) -> Path | None:
    return Path(name) if name else None
