"""Tries all planted bugs, several at a time, and says which ones nobody noticed."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from harness.settings import ROOT
from tests.mutants import bug as bugs
from tests.mutants import forks, table, trial, warm
from tests.mutants.bug import HARNESS, SUBJECTS, Bug, Malformed, planted
from tests.mutants.forks import Job, Lost
from tests.mutants.outcome import Outcome, Tried


def main(argv: Sequence[str]) -> int:
    """Try bugs. Returns 0 when all were caught, 1 when one was not, 2 for bad input."""
    options = _options(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # nothing is left behind either way
    began = time.monotonic()
    try:
        found = [
            bug
            for kind in options.kinds
            for bug in planted(kind, tuple(options.names), options.patches)
        ]
        if not found:
            raise Malformed(f"no planted bug has a name like {' '.join(options.names)}")
        warm.up()
        at_once = options.jobs + (options.jobs > 1)
        done = list(_told(found, at_once, full=options.full))
    except (Malformed, warm.Unready) as error:
        sys.stderr.write(f"mutants: {error}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    known = {bug.id for kind in (SUBJECTS, HARNESS) for bug in planted(kind, (), options.patches)}
    path = options.report / "mutants.json"
    rows = table.write(done, path, table.kept(path, known))
    if options.full:
        _tell_what_is_thin(rows)
    sys.stdout.write(f"{table.closing(done, time.monotonic() - began)}\n")
    return 0 if all(one.outcome is Outcome.CAUGHT for one in done) else 1


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="BUG", help="beginnings of names; all if none")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1,
        help="how many processors; one more trial is under way than that, since trials wait as well",
    )  # fmt: skip
    parser.add_argument("--full", action="store_true", help="every scenario against every bug")
    parser.add_argument("--report", type=Path, default=ROOT / "report", help="for mutants.json")
    parser.add_argument(
        "--patches", type=Path, default=bugs.FOLDER, metavar="FOLDER",
        help=f"holds {SUBJECTS}/*.patch and {HARNESS}/*.patch (ours)",
    )  # fmt: skip
    parser.add_argument(
        "--kind", dest="kinds", action="append", choices=(SUBJECTS, HARNESS),
        help=f"{SUBJECTS} in gateway and services, {HARNESS} in the harness itself (both)",
    )  # fmt: skip
    options = parser.parse_args(argv)
    options.kinds = options.kinds or [SUBJECTS, HARNESS]
    return options


def _told(found: Sequence[Bug], at_once: int, *, full: bool) -> Iterator[Tried]:
    """Try them `at_once` at a time, and tell of each as it ends.

    Errors: Unready when a test that must fail does so with nothing planted.
    """
    limit_s = trial.FULL_LIMIT_S if full else trial.LIMIT_S
    if tests := [bug.noticed_by for bug in found if bug.kind == HARNESS]:
        for why in forks.each([Job(tests, "no-bug", limit_s)], trial.sound, 1):
            if why:
                raise warm.Unready(why.why if isinstance(why, Lost) else why)
    jobs = [Job(bug, f"bug-{bug.id}", limit_s) for bug in found]
    for count, one in enumerate(forks.each(jobs, partial(trial.tried, full=full), at_once), 1):
        came = (
            Tried(one.item, Outcome.INCONCLUSIVE, found=one.why) if isinstance(one, Lost) else one
        )
        sys.stdout.write(f"[{count}/{len(found)}] {table.line(came)}\n")
        sys.stdout.flush()
        yield came


def _tell_what_is_thin(rows: Sequence[table.Row]) -> None:
    """Name the bugs that a single scenario sees, and the scenarios that see none."""
    from harness.specification import catalogue  # pytest was the first to see what this imports

    for row in table.seen_by_one(rows):
        sys.stdout.write(f"seen by one scenario only: {row['bug']} ({row['caught_by']})\n")
    everything = [
        example.id
        for file in catalogue.feature_files([ROOT / "features"])
        for example in catalogue.examples_of(catalogue.parse(file), ROOT)
    ]
    for area, ids in table.by_area(table.never_noticing(rows, everything)).items():
        sys.stdout.write(f"never noticed anything in {area}:\n")
        sys.stdout.writelines(f"  {one.partition('::')[2]}\n" for one in ids)
