"""Big documents beside traffic: the promised size, what is judged, and a short run that leaves nothing."""

import json
import subprocess
import sys

import psutil
import pytest

from load.applying import Applied, LoopClock, findings, main
from load.big_document import big_document


def applied(way="json", held_cpu_ms=10.0, grown_mib=20.0):
    return Applied(way, 3 * held_cpu_ms, held_cpu_ms, 0.3, grown_mib)


def test_the_document_has_the_promised_size_and_each_number_makes_a_new_one():
    found = big_document("http://127.0.0.1:1")
    assert sum(len(service["routes"]) for service in found["services"]) == 1000
    assert len(found["consumers"]) == 5000
    assert found != big_document("http://127.0.0.1:1", 1)


@pytest.mark.parametrize(
    ("found", "held"),
    [
        ([applied(), applied(held_cpu_ms=100.0)], [True, True]),
        ([applied(), applied(held_cpu_ms=100.1)], [False, True]),
        ([applied(), applied(grown_mib=60.0)], [True, False]),
    ],
)
def test_the_worst_one_is_judged(found, held):
    assert [it.held for it in findings(found)] == held


def test_the_clock_counts_the_work_of_a_process():
    clock = LoopClock(psutil.Process())
    before = clock.seconds()
    while clock.seconds() == before:
        sum(range(100_000))


def test_a_short_run_measures_every_way(tmp_path):
    report = tmp_path / "applying.json"
    command = [sys.executable, "-m", "load.applying", "--rounds", "1", "--report", str(report)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode in (0, 1), ended.stderr  # figures are for people, not for tests
    found = json.loads(report.read_text())
    assert [it["way"] for it in found["applied"]] == ["gate", "json", "yaml"]
    assert all(it["held_cpu_ms"] > 0 and it["seconds"] > 0 for it in found["applied"])


def test_it_is_bounded(capsys):
    assert main(["--rounds", "0"]) == 2
    assert capsys.readouterr().err.startswith("applying: --rounds is from 1")
