"""Events under load: what is judged, and a short run where nginx is there."""

import shutil

import pytest

from load.analytics import findings, main
from load.bench.open_model import Latencies

CALLED = Latencies((0.001,) * 10, (0.0,) * 10, 0)
GOOD = {"produced": 10, "delivered": 10, "dropped": 0, "queued": 0}


@pytest.mark.parametrize(
    ("reports", "held"),
    [
        (GOOD, [True, True, True]),
        ({**GOOD, "produced": 9, "delivered": 9}, [False, True, True]),
        ({**GOOD, "delivered": 9}, [True, False, True]),
        ({**GOOD, "delivered": 9, "dropped": 1}, [True, True, False]),
        ({**GOOD, "delivered": 9, "queued": 1}, [True, True, False]),
    ],
)
def test_what_is_judged(reports, held):
    assert [it.held for it in findings(CALLED, reports)] == held


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is upstream and gate")
def test_a_short_run_loses_nothing(capsys):
    assert main(["--rate", "200", "--seconds", "0.5"]) == 0
    printed = capsys.readouterr().out
    assert "100 calls answered" in printed
    assert "100 produced = 100 delivered + 0 dropped" in printed


@pytest.mark.parametrize("argv", [["--rate", "0"], ["--seconds", "1e9"]])
def test_it_is_bounded(argv, capsys):
    assert main(argv) == 2
    assert capsys.readouterr().err.startswith("analytics: at most")
