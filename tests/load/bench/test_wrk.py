"""wrk: what it prints is counted, and a run that says nothing is void."""

import pytest

from load.bench.rows import ROWS, Row
from load.bench.wrk import Ran, counted

PRINTED = """
  1234 requests in 1.00s, 300KB read
  Socket errors: connect 1, read 2, write 3, timeout 4
  Non-2xx or 3xx responses: 56
"""
OPEN, REFUSED = Row("r", "/r"), Row("r", "/r", status=401)


def test_what_it_prints_is_counted():
    assert counted(PRINTED) == (1234, 56, 10)
    assert counted("") == (0, 0, 0)


@pytest.mark.parametrize(
    ("ran", "row", "why"),
    [
        (Ran(100, 0, 0, 0.5), OPEN, None),
        (Ran(100, 100, 0, 0.5), REFUSED, None),
        (Ran(100, 50, 0, 0.5), REFUSED, "50 of 100 answers were refusals, expected 100"),
        (Ran(100, 2, 0, 0.5), OPEN, "2 of 100 answers were refusals, expected 0"),
        (Ran(100, 0, 1, 0.5), OPEN, "1 connections broke"),
        (Ran(0, 0, 0, 0.5), OPEN, "0 answers came"),
        (Ran(100, 0, 0, 0.96), OPEN, "the generator was saturated (96% of a CPU)"),
    ],
)
def test_what_is_void(ran, row, why):
    said = ran.void(row)
    assert said is None if why is None else why in said


def test_rows_have_names_of_their_own_and_a_quick_run_has_some():
    assert len({row.name for row in ROWS}) == len(ROWS)
    assert 0 < sum(row.quick for row in ROWS) < len(ROWS)
