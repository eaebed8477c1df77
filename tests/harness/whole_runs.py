"""A whole `gateproof e2e` in a process of its own, for tests of what it leaves behind."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil

from harness import settings
from harness.eventually import eventually

_HEAD = """
Feature: Slow things

  Rule: Slow is slow
"""
_QUICK = """
    Example: A quick one
      Given the gateway routes "/echo" to Echo
      When somebody calls "/echo"
      Then the call is answered
"""
_SLOW = """
    Example: {} that is still going on
      Given "/slow" leads to a service that takes 8 seconds, and the gateway waits 30000 ms
      When somebody calls "/slow"
      Then the call is answered
"""
QUICK = _HEAD + _QUICK
SLOW = _HEAD + _SLOW.format("One") + _QUICK + _SLOW.format("Another")
"""In this order two workers are in a slow one at the same time: the first has one, the second the rest."""


def _hear_interrupts() -> None:
    """What a shell starts in the background ignores Ctrl-C, and so would its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Run:
    """A `gateproof e2e` in a process of its own, with a folder of its own."""

    def __init__(self, folder: Path, feature: str, *options: str) -> None:
        self.folder = folder
        self.jobs = int(options[options.index("--jobs") + 1])
        (folder / "own").mkdir()
        (folder / "own" / "own.feature").write_text(feature)
        self.report = folder / "report"
        self.output = folder / "output"
        with self.output.open("wb") as out:
            self.process = subprocess.Popen(
                [
                    sys.executable, "-m", "harness", "e2e", str(folder / "own"),
                    "--report", str(self.report), *options,
                ],
                cwd=settings.ROOT, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
                preexec_fn=_hear_interrupts,
                env={**os.environ, "PYTEST_ADDOPTS": "-p no:randomly"},  # noqa: TID251 - in this order
            )  # fmt: skip
        self.family: list[psutil.Process] = []

    def records(self, kind: str) -> list[dict[str, object]]:
        try:
            text = (self.report / "run.ndjson").read_text()
        except OSError:
            return []
        lines = text[: text.rfind("\n") + 1].splitlines()  # the last may be half written
        return [record for line in lines if (record := json.loads(line))["kind"] == kind]

    def wait_until_under_way(self) -> "Run":
        """Wait until slow scenarios are under way; note every process of the run."""
        self._wait(self._busy, "every worker to be in a slow scenario")
        self.family = [self.warden, *self.warden.children(recursive=True), *self.workers]
        return self

    def _busy(self) -> bool:
        """Has a scenario called, and is each worker in a slow one?"""
        begun, judged = (
            {str(one["id"]) for one in self.records(kind) if "still going on" in str(one["id"])}
            for kind in ("begun", "verdict")
        )
        return len(self.records("call")) >= 1 and len(begun - judged) >= self.jobs

    @property
    def warden(self) -> psutil.Process:
        return self._child("harness.warden")[0]

    @property
    def workers(self) -> list[psutil.Process]:
        return self._child("exec(eval")  # how execnet starts a worker

    def part(self, words: str) -> psutil.Process:
        return next(one for one in self.family if words in " ".join(one.cmdline()))

    def _child(self, word: str) -> list[psutil.Process]:
        children = psutil.Process(self.process.pid).children(recursive=False)
        return [one for one in children if word in " ".join(one.cmdline())]

    @property
    def run_folder(self) -> Path:
        words = self.warden.cmdline()
        return settings.read().runs_folder / words[words.index("--run") + 1]

    def exit_code(self) -> int:
        return self.process.wait(60)

    def text(self) -> str:
        return self.output.read_text(errors="replace")

    def require_gone(self) -> None:
        self._wait(lambda: not any(map(alive, self.family)), "every process of the run to end")

    def _wait(self, holds: Callable[[], bool], reason: str) -> None:
        eventually(holds, until=bool, within_s=30, reason=reason)


def alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
