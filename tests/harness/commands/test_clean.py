"""`gateproof clean`: reports and what killed runs left, and nothing else."""

import argparse
from pathlib import Path
from types import SimpleNamespace

import pytest

from harness.commands import clean
from harness.warden import folders


def test_reports_and_abandoned_runs_are_removed_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root, runs = tmp_path / "checkout", tmp_path / "runs"
    for name in ("report", "report.k3f9", "reports", "features"):
        (root / name).mkdir(parents=True)
    (root / "report.md").touch()
    folders.take(runs / "dead").lock.close()
    alive = folders.take(runs / "live")
    monkeypatch.setattr(clean, "ROOT", root)
    elsewhere = {
        "DOCKER_HOST": f"unix://{tmp_path}/none"
    }  # what is on this machine is not ours to sweep
    settings = SimpleNamespace(runs_folder=runs, surroundings=elsewhere)
    monkeypatch.setattr(clean, "read", lambda: settings)

    assert clean.run(argparse.Namespace()) == 0

    assert sorted(path.name for path in root.iterdir()) == ["features", "report.md", "reports"]
    assert [path.name for path in runs.iterdir()] == ["live"]
    assert capsys.readouterr().out.splitlines() == [
        "clean: swept what run dead left",
        "clean: removed report/",
        "clean: removed report.k3f9/",
    ]
    alive.remove()
