"""What the environment costs."""

import os

from harness.warden import gauges


def test_this_process_and_all_below_it_are_measured() -> None:
    found = gauges.measure()

    assert found["processes"] >= 1
    assert 5 < found["memory_mib"] < 100_000
    assert found["cpu_s"] > 0


def test_the_cpu_time_of_processes_adds_up_and_ended_ones_are_left_out() -> None:
    mine = gauges.cpu_s([os.getpid()])

    assert mine > 0
    assert gauges.cpu_s([2**22 - 1]) == 0
    assert gauges.cpu_s([os.getpid(), 2**22 - 1]) >= mine
