"""pip: what is shown while it runs, and what is said when it fails."""

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.setup.pip import Counter, Pip, PipFailed
from harness.setup.progress import Progress

LOCK = """\
# made by a tool
alpha==1.0 \\
    --hash=sha256:00
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:11
beta-two==2.1 \\
    --hash=sha256:22
"""


@pytest.fixture
def log() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def progress(log: io.StringIO) -> Progress:
    return Progress(log, clock=lambda: 0.0)


@pytest.fixture
def lock(tmp_path: Path) -> Iterator[int]:
    descriptor = os.open(tmp_path / "lock", os.O_CREAT | os.O_RDWR)
    yield descriptor
    os.close(descriptor)


def _pip(folder: Path, lock: int, progress: Progress, script: str, **environ: str) -> Pip:
    """A Pip whose Python is a script."""
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    return Pip(folder, {"PATH": os.defpath, **environ}, folder / "setup.log", lock, progress)


def test_packages_of_other_platforms_are_not_counted(
    tmp_path: Path, progress: Progress, log: io.StringIO
) -> None:
    counter = Counter(progress, tmp_path, LOCK)
    counter.heard("Ignoring colorama: markers 'sys_platform == \"win32\"' don't match\n")
    counter.heard("Collecting alpha==1.0 (from -r requirements.lock (line 2))\n")
    counter.heard("  Downloading alpha-1.0-py3-none-any.whl (10 kB)\n")
    counter.heard("Requirement already satisfied: beta-two==2.1 in ./lib\n")

    assert log.getvalue() == (
        "setup: 1/2 collecting alpha 1.0 (0 s)\nsetup: 2/2 collecting beta-two 2.1 (0 s)\n"
    )


def test_what_pip_says_is_shown_and_kept(
    tmp_path: Path, lock: int, progress: Progress, log: io.StringIO
) -> None:
    script = "echo 'Collecting alpha==1.0'; echo Installing collected packages: alpha"
    requirements = tmp_path / "requirements.lock"
    requirements.write_text(LOCK)
    pip = _pip(tmp_path / ".venv", lock, progress, script)
    pip.install(requirements, what="installing the packages")

    assert "1/3 collecting alpha 1.0" in log.getvalue()
    assert "Collecting alpha==1.0" in pip.log.read_text()


def test_a_failure_says_what_failed_why_what_next_and_where_more_is(
    tmp_path: Path, lock: int, progress: Progress
) -> None:
    script = "echo 'ERROR: No space left on device' >&2; exit 1"
    pip = _pip(tmp_path / ".venv", lock, progress, script)

    with pytest.raises(PipFailed) as failure:
        pip.run("install", [], "installing gateproof")
    assert str(failure.value) == (
        "installing gateproof failed: No space left on device; "
        f"the disk is full; make room and run it again (log: {pip.log})"
    )


def test_an_index_that_does_not_answer_is_said_at_once(
    tmp_path: Path, lock: int, progress: Progress, log: io.StringIO
) -> None:
    script = "echo \"WARNING: Retrying after connection broken by 'X': /simple\""
    _pip(tmp_path / ".venv", lock, progress, script).run("download", [], "fetching")

    assert log.getvalue() == "setup: the package index does not answer, pip tries again\n"


def test_settings_that_would_install_elsewhere_are_left_out(
    tmp_path: Path, lock: int, progress: Progress
) -> None:
    script = 'echo "target=${PIP_TARGET-none} user=$PIP_USER index=$PIP_INDEX_URL"'
    environ = {"PIP_TARGET": "/elsewhere", "PIP_USER": "1", "PIP_INDEX_URL": "http://mirror"}
    pip = _pip(tmp_path / ".venv", lock, progress, script, **environ)
    pip.run("install", [], "installing")

    assert "target=none user=0 index=http://mirror" in pip.log.read_text()
