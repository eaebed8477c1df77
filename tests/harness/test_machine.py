"""Looking at a machine: what is there, what is not, and nothing raised."""

from pathlib import Path

import pytest

from harness import machine

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = {"DOCKER_HOST": "unix:///nowhere/docker.sock"}


def _program(file: Path, script: str) -> None:
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def test_a_bare_machine_has_nothing_and_that_is_an_answer(tmp_path: Path) -> None:
    seen = {"PATH": str(tmp_path), "GATEPROOF_CACHE": str(tmp_path / "cache"), **NOWHERE}
    facts = machine.look(ROOT, tmp_path / ".venv", seen)

    assert facts.make is None
    assert facts.redis is None
    assert facts.kafka_client is None
    assert facts.java is None
    assert facts.docker.sdk is None
    assert facts.docker.socket_problem == "there is no /nowhere/docker.sock"
    assert not facts.maven
    assert facts.kafka_jars_problem == f"Apache Kafka 4.1.0 is not in {tmp_path / 'cache'}"
    assert facts.loopback_problem is None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('java version "1.8.0_392"', 8),
        ('openjdk version "21" 2023-09-19', 21),
        ("The operation couldn't be completed. Unable to locate a Java Runtime.", None),
    ],
)
def test_java_is_asked_for_its_version(said: str, expected: int | None, tmp_path: Path) -> None:
    _program(tmp_path / "java", f"cat >&2 <<'END'\n{said}\nEND")

    assert (
        machine.look(ROOT, tmp_path, {"PATH": f"{tmp_path}:/bin:/usr/bin", **NOWHERE}).java
        == expected
    )


def test_a_make_that_is_not_gnu_make_does_not_count(tmp_path: Path) -> None:
    _program(tmp_path / "make", "echo 'usage: make [-n]'")
    _program(tmp_path / "gmake", "echo 'GNU Make 4.4.1'")

    assert machine.look(ROOT, tmp_path, {"PATH": str(tmp_path), **NOWHERE}).make == "4.4.1"
