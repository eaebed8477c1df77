"""What the environment costs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

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


@pytest.mark.parametrize(
    ("groups", "contained"),
    [
        ("4:memory:/docker/0123abcd\n0::/docker/0123abcd\n", True),
        ("0::/system.slice/docker-0123abcd.scope\n", True),
        ("0::/user.slice/user-1000.slice/session-1.scope\n", False),
    ],
)
def test_a_process_is_in_a_container_when_its_control_groups_say_so(
    tmp_path: Path, groups: str, contained: bool
) -> None:
    (tmp_path / "17").mkdir()
    (tmp_path / "17" / "cgroup").write_text(groups)

    assert gauges.is_contained(17, tmp_path) is contained


def test_a_process_of_another_system_is_nobody_here(tmp_path: Path) -> None:
    assert not gauges.is_contained(17, tmp_path)


def test_what_runs_in_containers_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gauges, "is_contained", lambda pid: True)
    alone = gauges.measure()

    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        below = gauges.measure([child.pid])

    assert below["processes"] == alone["processes"] + 1
