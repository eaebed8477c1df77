"""The measure of the page: a run of any size that reads like a real one, and its bounds."""

import json
from dataclasses import replace
from pathlib import Path

from harness.report import reading
from load.big_run import Size, records, write
from load.page import Figures, main

FIGURES = Figures(500, 5, 9.0, 0.4, 1.1, 1.5, 2.6, 0.1, 0.5, 0.4, 0.2, 0.2)


def test_a_made_run_reads_like_a_real_one(tmp_path: Path) -> None:
    write(tmp_path / "run.ndjson", Size(scenarios=30, calls=2, failing=3))

    run = reading.read(tmp_path)

    assert run.problems == ()
    assert (run.counts["proved"], run.counts["broken"]) == (27, 3)
    for scenario in run.scenarios:
        assert [len(scenario.calls), len(scenario.arrivals), len(scenario.events)] == [2, 2, 2]


def test_the_same_seed_makes_the_same_run() -> None:
    def lines(seed: int) -> list[str]:
        return [json.dumps(record) for record in records(Size(5, 2, 1), seed)]

    assert lines(1) == lines(1) != lines(2)


def test_every_bound_counts() -> None:
    assert FIGURES.kept
    assert not replace(FIGURES, drawn_s=2.7).kept
    assert not replace(FIGURES, page_mb=5.1).kept
    assert not replace(FIGURES, answered_s=1.1).kept
    assert replace(FIGURES, answered_s=None).kept


def test_sizes_that_make_no_run_are_refused() -> None:
    assert main(["--scenarios", "0"]) == 2
    assert main(["--calls", "-1"]) == 2
