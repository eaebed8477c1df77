"""Events under load: what is judged, and a short run where nginx is there."""

import re
import shutil
from dataclasses import replace

import pytest

from load.analytics import findings, main
from load.bench.open_model import Latencies
from load.bench.paced import Paced
from load.bench.peers.contract import Site

PACED = Paced(answered=10, errors=0, under_way=2, rate=100.0, asked=100.0, load=0.1)
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
    assert [it.held for it in findings(CALLED, reports)] == [True, *held]


@pytest.mark.parametrize(
    ("called", "produced", "held"),
    [
        (PACED, 10, [True, True]),
        (PACED, 12, [True, True]),
        (PACED, 13, [True, False]),
        (PACED, 9, [True, False]),
        (replace(PACED, rate=98.0), 10, [False, True]),
        (replace(PACED, errors=1), 13, [False, True]),
        (replace(CALLED, failed=1), 11, [False, True]),
    ],
)
def test_calls_that_were_not_made_or_not_waited_for(called, produced, held):
    reports = {**GOOD, "produced": produced, "delivered": produced}
    assert [it.held for it in findings(called, reports)][:2] == held


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is upstream and gate")
def test_a_short_run_loses_nothing(capsys, monkeypatch):
    monkeypatch.setattr(Site, "binary", lambda site, name: name if name == "nginx" else None)
    assert main(["--rate", "200", "--seconds", "0.5"]) == 0
    printed = capsys.readouterr().out
    assert "100 calls answered" in printed
    assert "100 produced = 100 delivered + 0 dropped" in printed


@pytest.mark.skipif(not (shutil.which("nginx") and shutil.which("wrk")), reason="no nginx or wrk")
def test_wrk_calls_at_the_rate_that_was_asked_for(capsys):
    main(["--rate", "200", "--seconds", "1"])
    printed = capsys.readouterr().out
    answered = int(re.search(r"(\d+) calls answered, \d+ a second \(wrk", printed)[1])
    assert 150 <= answered <= 270
    assert "held   every answer is one event" in printed
    assert "held   no event is dropped: 0 dropped" in printed


@pytest.mark.parametrize("argv", [["--rate", "0"], ["--seconds", "1e9"]])
def test_it_is_bounded(argv, capsys):
    assert main(argv) == 2
    assert capsys.readouterr().err.startswith("analytics: at most")
