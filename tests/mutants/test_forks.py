"""Forks: every job comes back, whatever becomes of it, and nothing stays behind."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.settings import ROOT

PROGRAM = """
import json, os, signal, sys, tempfile
from tests.mutants.forks import Job, Lost, each

tempfile.tempdir = sys.argv[1]

def work(item, folder):
    print("working on", item, flush=True)
    if item == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if item == "stuck":
        signal.pause()
    return [item, os.getpid() != mother, (folder / "said.txt").read_text()]

mother = os.getpid()
names = ["good", "killed", "stuck", "another"]
jobs = [Job(name, name, 0.5 if name == "stuck" else 60) for name in names]
found = {}
for one in each(jobs, work, 2):
    if isinstance(one, Lost):
        found[one.item] = one.why
    else:
        found[one[0]] = one[1:]
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """What came of four jobs: forks want a process without threads, which pytest's may not be."""
    folder = tmp_path_factory.mktemp("forks")
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(ran.stdout)
    return found, folder


def test_work_is_done_in_a_fork_whose_output_goes_to_its_folder(
    done: tuple[dict[str, Any], Path],
) -> None:
    found, _ = done

    assert found["good"] == [True, "working on good\n"]
    assert found["another"] == [True, "working on another\n"]


def test_a_fork_that_dies_or_never_ends_is_told_of(done: tuple[dict[str, Any], Path]) -> None:
    found, _ = done

    assert found["killed"] == "working on killed"
    assert found["stuck"] == "no end within 0.5 s"


def test_no_folder_stays_behind(done: tuple[dict[str, Any], Path]) -> None:
    _, folder = done

    assert list(folder.iterdir()) == []
