"""Tries all planted bugs, several at a time, and says which ones nobody noticed."""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from harness.settings import ROOT
from harness.specification import catalogue
from tests.mutants import table
from tests.mutants.bug import HARNESS, SUBJECTS, Bug, Malformed, planted
from tests.mutants.outcome import Outcome, Tried
from tests.mutants.trial import tried


def main(argv: Sequence[str]) -> int:
    """Try bugs. Returns 0 when all were caught, 1 when one was not, 2 for bad input."""
    options = _options(argv)
    try:
        bugs = [bug for kind in options.kinds for bug in planted(kind, tuple(options.names))]
    except Malformed as error:
        sys.stderr.write(f"mutants: {error}\n")
        return 2
    if not bugs:
        sys.stderr.write(f"mutants: no planted bug has a name like {' '.join(options.names)}\n")
        return 2
    began = time.monotonic()
    done = _all(bugs, options.jobs, full=options.full)
    table.write(done, options.report / "mutants.json")
    if options.full:
        _tell_what_is_thin(done)
    sys.stdout.write(f"{table.closing(done, time.monotonic() - began)}\n")
    return 0 if all(one.outcome is Outcome.CAUGHT for one in done) else 1


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="BUG", help="beginnings of names; all if none")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once")
    parser.add_argument("--full", action="store_true", help="every scenario against every bug")
    parser.add_argument("--report", type=Path, default=ROOT / "report", help="for mutants.json")
    parser.add_argument(
        "--kind", dest="kinds", action="append", choices=(SUBJECTS, HARNESS),
        help=f"{SUBJECTS} in gateway and services, {HARNESS} in the harness itself (both)",
    )  # fmt: skip
    options = parser.parse_args(argv)
    options.kinds = options.kinds or [SUBJECTS, HARNESS]
    return options


def _all(bugs: Sequence[Bug], jobs: int, *, full: bool) -> list[Tried]:
    """Try them `jobs` at a time, and tell of each as it ends."""
    done: list[Tried] = []
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        trials = [pool.submit(tried, bug, full=full) for bug in bugs]
        for trial in as_completed(trials):
            one = trial.result()
            done.append(one)
            sys.stdout.write(f"[{len(done)}/{len(bugs)}] {table.line(one)}\n")
            sys.stdout.flush()
    return sorted(done, key=lambda one: (one.bug.kind, one.bug.id))


def _tell_what_is_thin(done: Sequence[Tried]) -> None:
    """Name the bugs that a single scenario sees, and the scenarios that see none."""
    for one in table.seen_by_one(done):
        sys.stdout.write(f"seen by one scenario only: {one.bug.what} ({one.bug.noticed_by})\n")
    everything = [
        example.id
        for file in catalogue.feature_files([ROOT / "features"])
        for example in catalogue.examples_of(catalogue.parse(file), ROOT)
    ]
    for area, ids in table.by_area(table.never_noticing(done, everything)).items():
        sys.stdout.write(f"never noticed anything in {area}:\n")
        sys.stdout.writelines(f"  {one.partition('::')[2]}\n" for one in ids)
