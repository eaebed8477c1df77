"""The soak: a short one holds, an interrupted one leaves nothing, bad bounds are refused."""

import json
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from load.soak import main

SOAK = [sys.executable, "-m", "load.soak"]


def test_a_short_one_holds(tmp_path):
    report = tmp_path / "soak.json"
    short = [*SOAK, "--minutes", "0.03", "--every", "0.4", "--report", str(report)]
    ended = subprocess.run(short, capture_output=True, text=True, timeout=40, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "BROKEN" not in ended.stdout
    found = json.loads(report.read_text())
    assert all(it["held"] for it in found["findings"])
    assert len(found["samples"]) >= 3


def test_an_interrupted_one_leaves_nothing():
    with subprocess.Popen(
        [*SOAK, "--every", "0.2"], stdout=subprocess.PIPE, text=True, preexec_fn=hear_interrupts
    ) as soak:
        soak.stdout.readline()
        children = psutil.Process(soak.pid).children(recursive=True)
        folders = {path for child in children for path in folder_of(child)}
        soak.send_signal(signal.SIGINT)
        soak.communicate(timeout=20)
    assert soak.returncode == 130
    assert len(children) == 2  # the gateway and Redis
    assert not [child for child in children if child.is_running()]
    assert folders
    assert not [path for path in folders if path.exists()]


def hear_interrupts():
    """What a shell starts in the background ignores Ctrl-C, and so would its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def folder_of(child):
    """The soak's own folder, out of a child's command line."""
    root = Path(tempfile.gettempdir())
    words = [Path(word) for word in child.cmdline() if word.startswith(str(root / "soak-"))]
    return {root / word.relative_to(root).parts[0] for word in words}


@pytest.mark.parametrize("argv", [["--minutes", "0"], ["--minutes", "1e9"], ["--rate", "1e9"]])
def test_it_is_bounded(argv, capsys):
    assert main(argv) == 2
    assert capsys.readouterr().err.startswith("soak: at most")
