"""What a run leaves behind, however it ends: nothing. Each test runs `gateproof` as people do."""

import json
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from harness import kafka_kit, settings
from harness.eventually import eventually
from harness.report import reading
from harness.report.folder import open_folder
from harness.warden import folders
from tests.harness.whole_runs import QUICK, SLOW, Run, alive

WITH_KAFKA = """
Feature: Things that need a broker

  @needs-rig @needs-real-kafka
  Rule: There is a broker

    Example: A call with an event
      Given a gateway of its own, whose events go through a Kafka of its own
      And "/slow" leads to a service that takes 2 seconds, and the gateway waits 30000 ms
      When somebody calls "/slow"
      Then every call is exactly one event in the index of its account
"""
SETTINGS = settings.read()
LACKING = kafka_kit.lacking(SETTINGS.path, SETTINGS.cache_folder)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing_and_says_130(
    start: Callable[..., Run], number: signal.Signals
) -> None:
    run = start(SLOW, "--jobs", "2").wait_until_under_way()
    folder = run.run_folder

    os.kill(run.process.pid, number)

    assert run.exit_code() == 130
    run.require_gone()
    assert not folder.exists()
    assert json.loads((run.report / "verdict.json").read_text())["exit"] == 130
    closing = run.records("finished")[-1]
    assert closing["interrupted"] is True
    assert (run.report / "index.html").is_file()


def test_a_killed_runner_leaves_nothing(start: Callable[..., Run]) -> None:
    run = start(SLOW, "--jobs", "2").wait_until_under_way()
    folder = run.run_folder

    run.process.kill()

    run.require_gone()
    assert not folder.exists()
    assert run.records("call"), "the journal can still be read to its last record"
    found = reading.read(run.report)
    assert found.problems == ("the run did not finish: no closing record",)
    assert "unknown" in {one.verdict for one in found.scenarios}, "what was under way"


def test_a_killed_worker_makes_its_scenario_unknown_and_the_run_goes_on(
    start: Callable[..., Run],
) -> None:
    run = start(SLOW, "--jobs", "2").wait_until_under_way()

    for worker in run.workers:
        worker.kill()

    assert run.exit_code() == 1
    run.require_gone()
    verdict = json.loads((run.report / "verdict.json").read_text())
    assert verdict["counts"]["unknown"] >= 1
    assert "the worker that ran it was killed" in run.text()
    assert any("was killed" in str(one["reason"]) for one in run.records("verdict"))


def test_a_killed_warden_takes_its_children_along_and_the_run_says_3(
    start: Callable[..., Run],
) -> None:
    run = start(SLOW, "--jobs", "2").wait_until_under_way()
    folder = run.run_folder

    run.warden.kill()

    assert run.exit_code() == 3
    run.require_gone()
    assert "the warden is gone" in run.text()
    found = reading.read(run.report)
    assert (found.exit, found.finished) == (3, True), "the runner writes the end itself"
    assert "the warden is gone" in found.death
    second = start(QUICK, "--jobs", "1")
    assert second.exit_code() == 0
    assert not folder.exists(), "the next run sweeps what a killed warden left"


def test_a_part_that_dies_ends_the_run_with_its_name(start: Callable[..., Run]) -> None:
    run = start(SLOW, "--jobs", "2").wait_until_under_way()

    run.part("services upstream").kill()

    assert run.exit_code() == 3
    run.require_gone()
    assert "the environment died: upstream (shared) died with signal 9" in run.text()
    verdict = json.loads((run.report / "verdict.json").read_text())
    assert verdict["counts"]["broken"] == 0, "a dead environment breaks no promise"
    assert "upstream" in (run.report / "summary.md").read_text()


def test_two_runs_side_by_side_do_not_disturb_each_other(start: Callable[..., Run]) -> None:
    one, two = start(QUICK, "--jobs", "1"), start(QUICK, "--jobs", "1")

    assert (one.exit_code(), two.exit_code()) == (0, 0), one.text() + two.text()


def test_a_taken_report_folder_makes_a_run_write_beside_it_and_say_so(
    start: Callable[..., Run], tmp_path: Path
) -> None:
    taken = open_folder(tmp_path / "report", "aaaa")
    run = start(QUICK, "--jobs", "1", "--report", str(taken.path))

    assert run.exit_code() == 0
    taken.release()
    (beside,) = [path for path in tmp_path.iterdir() if path.name.startswith("report.")]
    assert (beside / "verdict.json").exists()
    assert not (taken.path / "verdict.json").exists()
    assert run.text().count(str(beside)) >= 2, "the first and the last line say where"


def test_an_undisturbed_run_leaves_nothing(start: Callable[..., Run]) -> None:
    run = start(QUICK, "--jobs", "1")

    assert run.exit_code() == 0, run.text()
    found = reading.read(run.report)
    assert found.problems == ()
    assert {kind: count for kind, count in found.counts.items() if count} == {
        "proved": 1,
        "not run": len(list(found.scenarios)) - 1,
    }
    ran = next(one for one in found.scenarios if one.verdict == "proved")
    assert [len(ran.calls), len(ran.arrivals), len(ran.logs)] == [1, 1, 1], "joined by marker"
    named = [path.name for path in settings.read().runs_folder.iterdir()]
    assert json.loads((run.report / "verdict.json").read_text())["run"] not in named


class Brokers:
    """The brokers of a run that is under way: their processes, and the ports that they hold."""

    def __init__(self, run: Run) -> None:
        eventually(lambda: run.records("publication"), until=_two, within_s=90, reason="a rig")
        self.warden, self.folder = run.warden, run.run_folder
        children = self.warden.children(recursive=True)
        self.processes = [one for one in children if "kafka.Kafka" in one.cmdline()]
        kept = [file.read_text() for file in self.folder.glob("*/kafka/ports")]
        self.ports = [int(port) for text in kept for port in text.split()]

    def require_gone(self) -> None:
        assert self.processes, "no broker was running: the test would prove nothing"
        assert len(self.ports) == 3 * len(self.processes)
        eventually(
            lambda: list(filter(alive, self.processes)),
            until=lambda left: not left, within_s=30, reason="every broker to end",
        )  # fmt: skip
        eventually(
            lambda: [port for port in self.ports if not _is_free(port)],
            until=lambda left: not left, within_s=30, reason="the ports of the brokers to be free",
        )  # fmt: skip


def _is_free(port: int) -> bool:
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _two(publications: list[dict[str, object]]) -> bool:
    return len(publications) == 2  # the shared environment's, and that of the rig with the broker


@pytest.mark.skipif(bool(LACKING), reason="; ".join(LACKING) or "-")
class TestWithARealKafka:
    def test_an_undisturbed_run_leaves_nothing(self, start: Callable[..., Run]) -> None:
        run = start(WITH_KAFKA, "--jobs", "1", "--kafka", "real")
        brokers = Brokers(run)

        assert run.exit_code() == 0, run.text()
        brokers.require_gone()
        assert not brokers.folder.exists()
        verdict = json.loads((run.report / "verdict.json").read_text())
        assert verdict["fidelity"]["kafka"] == "real"

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
    def test_an_interrupted_or_killed_runner_leaves_nothing(
        self, start: Callable[..., Run], number: signal.Signals
    ) -> None:
        run = start(WITH_KAFKA, "--jobs", "1", "--kafka", "real")
        brokers = Brokers(run)

        os.kill(run.process.pid, number)

        run.exit_code()
        brokers.require_gone()
        eventually(brokers.folder.exists, until=_not, within_s=30, reason="the folder to be gone")

    def test_a_killed_warden_takes_its_brokers_along(self, start: Callable[..., Run]) -> None:
        run = start(WITH_KAFKA, "--jobs", "1", "--kafka", "real")
        brokers = Brokers(run)

        brokers.warden.kill()

        assert run.exit_code() == 3, run.text()
        brokers.require_gone()
        folders.sweep(SETTINGS.runs_folder)
        assert not brokers.folder.exists()


def _not(there: bool) -> bool:
    return not there


def test_what_needs_a_real_kafka_is_not_runnable_on_the_emulated_one(
    start: Callable[..., Run],
) -> None:
    run = start(WITH_KAFKA, "--jobs", "1")

    assert run.exit_code() == 2
    verdict = json.loads((run.report / "verdict.json").read_text())
    assert verdict["counts"]["not runnable here"] == 1
    assert verdict["counts"]["proved"] == 0
    assert "needs kafka to be real; in embedded it is emulated" in run.text()
