"""What a run in containers leaves behind in Docker, however it ends: nothing. Skipped without Docker."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from harness import settings
from harness.environments.containers import images
from harness.eventually import eventually
from harness.settings import ROOT
from tests.harness.whole_runs import QUICK, SLOW, Run

CONTAINERS = ("--env", "containers")
pytestmark = pytest.mark.usefixtures("docker_here")
KINDS = ("containers", "networks", "volumes")


@pytest.fixture(autouse=True)
def own_runs_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Runs of others on this machine sweep, too; here the sweeper is the one of the test.

    pytest has chosen its own folder by now. Paths of sockets are short: this one is no child of it.
    """
    with tempfile.TemporaryDirectory(prefix="gp-") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield


@pytest.fixture
def left(docker_client: Any) -> Callable[[str], dict[str, list[str]]]:
    """What Docker still has of a run."""

    def look(run: str) -> dict[str, list[str]]:
        label = {"label": f"gateproof.run={run}"}
        there = {
            "containers": docker_client.api.containers(all=True, filters=label),
            "networks": docker_client.api.networks(filters=label),
            "volumes": docker_client.api.volumes(filters=label)["Volumes"] or [],
        }
        return {
            kind: [str(one.get("Name") or one["Names"]) for one in there[kind]] for kind in KINDS
        }

    return look


def _nothing() -> dict[str, list[str]]:
    return {kind: [] for kind in KINDS}


def _require_nothing(left: Callable[[str], dict[str, list[str]]], run: str) -> None:
    eventually(
        lambda: left(run), until=lambda seen: seen == _nothing(), within_s=60,
        reason=f"everything of run {run} to be gone from Docker",
    )  # fmt: skip


def test_while_a_run_is_under_way_all_that_it_has_is_labelled(
    start: Callable[..., Run], left: Callable[[str], dict[str, list[str]]]
) -> None:
    run = start(SLOW, "--jobs", "1", *CONTAINERS).wait_until_under_way()
    name = run.run_folder.name

    there = left(name)

    assert len(there["networks"]) == 5
    assert len(there["containers"]) == 3, "a gate, a gateway and a service"
    assert len(there["volumes"]) >= 3
    assert run.exit_code() == 0, run.text()
    assert left(name) == _nothing(), "whoever waited for the run finds nothing"


def test_two_runs_side_by_side_do_not_disturb_each_other(
    start: Callable[..., Run], left: Callable[[str], dict[str, list[str]]]
) -> None:
    one, two = (start(QUICK, "--jobs", "1", *CONTAINERS) for _ in range(2))

    assert (one.exit_code(), two.exit_code()) == (0, 0), one.text() + two.text()
    for run in (one, two):
        name = json.loads((run.report / "verdict.json").read_text())["run"]
        assert left(name) == _nothing()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing_and_says_130(
    start: Callable[..., Run],
    left: Callable[[str], dict[str, list[str]]],
    number: signal.Signals,
) -> None:
    run = start(SLOW, "--jobs", "1", *CONTAINERS).wait_until_under_way()
    folder = run.run_folder

    os.kill(run.process.pid, number)

    assert run.exit_code() == 130
    run.require_gone()
    assert left(folder.name) == _nothing()
    assert not folder.exists()


def test_a_killed_runner_leaves_nothing(
    start: Callable[..., Run], left: Callable[[str], dict[str, list[str]]]
) -> None:
    run = start(SLOW, "--jobs", "1", *CONTAINERS).wait_until_under_way()
    folder = run.run_folder

    run.process.kill()

    run.require_gone()
    _require_nothing(left, folder.name)
    assert not folder.exists()


@pytest.mark.parametrize("sweeper", ["clean", "the next run"])
def test_what_a_killed_warden_leaves_is_swept(
    start: Callable[..., Run], left: Callable[[str], dict[str, list[str]]], sweeper: str
) -> None:
    run = start(SLOW, "--jobs", "1", *CONTAINERS).wait_until_under_way()
    folder = run.run_folder

    run.warden.kill()
    assert run.exit_code() == 3
    run.require_gone()
    assert left(folder.name)["containers"], "nobody was left to remove them"

    if sweeper == "clean":
        done = subprocess.run(
            [sys.executable, "-m", "harness", "clean"], cwd=ROOT, capture_output=True, text=True
        )
        assert f"clean: swept what run {folder.name} left\n" in done.stdout
    else:  # whatever its environment
        assert start(QUICK, "--jobs", "1").exit_code() == 0
    assert left(folder.name) == _nothing()
    assert not folder.exists()


def test_where_ryuk_is_nobody_has_to_sweep_after_a_killed_warden(
    start: Callable[..., Run], left: Callable[[str], dict[str, list[str]]], docker_client: Any
) -> None:
    if images.REAPER not in images.chosen(settings.read()):
        pytest.skip("`gateproof images pull ryuk` brings what this tests")
    run = start(SLOW, "--jobs", "1", *CONTAINERS).wait_until_under_way()
    name = run.run_folder.name
    reaper = docker_client.containers.get(f"gateproof-{name}-reaper")

    run.warden.kill()

    assert run.exit_code() == 3
    _require_nothing(left, name)
    eventually(
        lambda: docker_client.containers.list(all=True, filters={"id": reaper.id}),
        until=lambda seen: seen == [], within_s=60, reason="Ryuk to be gone as well",
    )  # fmt: skip


def test_a_run_that_lives_is_not_swept(
    start: Callable[..., Run], left: Callable[[str], dict[str, list[str]]]
) -> None:
    run = start(SLOW, "--jobs", "1", *CONTAINERS).wait_until_under_way()
    name = run.run_folder.name

    subprocess.run([sys.executable, "-m", "harness", "clean"], cwd=ROOT, check=True)

    assert left(name)["containers"]
    assert run.exit_code() == 0, run.text()


def test_a_part_that_dies_ends_the_run_with_its_name_and_its_log(
    start: Callable[..., Run],
    left: Callable[[str], dict[str, list[str]]],
    docker_client: Any,
) -> None:
    run = start(SLOW, "--jobs", "1", *CONTAINERS).wait_until_under_way()
    name = run.run_folder.name

    docker_client.containers.get(f"gateproof-{name}-upstream").kill()

    assert run.exit_code() == 3
    run.require_gone()
    assert "the environment died: upstream (shared) died with signal 9" in run.text()
    died = run.records("died")[0]
    assert (died["part"], died["code"]) == ("upstream", -9)
    assert left(name) == _nothing()


def test_no_process_of_the_warden_is_left(start: Callable[..., Run]) -> None:
    run = start(QUICK, "--jobs", "1", *CONTAINERS)

    assert run.exit_code() == 0, run.text()
    name = json.loads((run.report / "verdict.json").read_text())["run"]
    words = [" ".join(one.info["cmdline"] or ()) for one in psutil.process_iter(["cmdline"])]
    assert not [word for word in words if f"--run {name}" in word]
    assert name not in [path.name for path in settings.read().runs_folder.iterdir()]
