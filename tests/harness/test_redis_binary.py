"""Which redis-server is started, and what is said when there is none."""

from pathlib import Path

import pytest

from harness import redis_binary
from harness.redis_binary import NotFound, find


def _program(file: Path, script: str = "") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


def test_the_one_on_path_comes_first(tmp_path: Path) -> None:
    on_path = _program(tmp_path / "bin" / "redis-server")
    _program(redis_binary.fetched(tmp_path / ".venv"))

    assert find(str(tmp_path / "bin"), tmp_path / ".venv") == on_path


def test_else_the_one_that_was_fetched(tmp_path: Path) -> None:
    fetched = _program(redis_binary.fetched(tmp_path / ".venv"))

    assert find(str(tmp_path / "bin"), tmp_path / ".venv") == fetched


def test_a_file_that_cannot_be_executed_is_none(tmp_path: Path) -> None:
    redis_binary.fetched(tmp_path).parent.mkdir()
    redis_binary.fetched(tmp_path).touch(mode=0o644)

    with pytest.raises(NotFound):
        find("", tmp_path)


def test_none_says_where_it_was_looked_for_and_the_one_command(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as error:
        find("", tmp_path, lambda: "Darwin")

    expected = (
        f"no redis-server on PATH and none at {tmp_path}/redis/redis-server; brew install redis"
    )
    assert str(error.value) == expected


@pytest.mark.parametrize(
    ("installer", "expected"),
    [
        ("apt-get", "apt install redis-server"),
        ("dnf", "dnf install redis"),
        ("apk", "apk add redis"),
        ("unheard-of", "install redis-server with the system's package manager"),
    ],
)
def test_linux_is_told_the_command_of_its_distribution(
    installer: str, expected: str, tmp_path: Path
) -> None:
    _program(tmp_path / installer)

    assert redis_binary.remedy(str(tmp_path), "Linux") == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("echo 'Redis server v=7.0.15 sha=0:0 malloc=jemalloc'", "7.0.15"),
        ("echo 'Valkey server v=8.1.1 sha=0:0'", "8.1.1"),
        ("exit 1", None),
    ],
)
def test_a_redis_says_its_version(script: str, expected: str | None, tmp_path: Path) -> None:
    assert redis_binary.version(_program(tmp_path / "redis-server", script)) == expected


def test_what_cannot_be_started_has_no_version(tmp_path: Path) -> None:
    assert redis_binary.version(tmp_path / "absent") is None
