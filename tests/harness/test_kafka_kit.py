"""What a real Kafka runs on is named when it is missing, with the command that mends it."""

from pathlib import Path

import pytest

from harness import kafka_jars, kafka_kit

GONE = "Apache Kafka 4.1.0 is not in"


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    return folder


def _program(folder: Path, name: str, script: str = "exit 0") -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def _java(folder: Path, version: str) -> None:
    _program(folder, "java", f"echo '{version}' >&2")


def test_a_bare_machine_lacks_everything_in_the_order_to_mend_it(
    programs: Path, tmp_path: Path
) -> None:
    java, maven, jars = kafka_kit.lacking(str(programs), tmp_path)

    assert java.startswith("no Java on PATH (apt install openjdk-17")
    assert maven.startswith("no mvn on PATH")
    assert jars == f"{GONE} {tmp_path} (gateproof fetch kafka)"


def test_an_old_java_is_not_enough_and_maven_is_not_needed_when_the_jars_are_there(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _java(programs, 'java version "1.8.0_392"')
    kafka_jars.folder_of(kafka_kit.lock(), tmp_path).mkdir()
    monkeypatch.setattr(kafka_jars, "differing", lambda *_: [])

    (old,) = kafka_kit.lacking(str(programs), tmp_path)
    assert old.startswith("Java 8 is older than 17")
    _java(programs, 'openjdk version "17.0.15" 2025-04-15')
    assert kafka_kit.lacking(str(programs), tmp_path) == []


def test_jars_that_are_not_whole_are_named(programs: Path, tmp_path: Path) -> None:
    kafka_jars.folder_of(kafka_kit.lock(), tmp_path).mkdir()

    problem = kafka_kit.jars_problem(tmp_path)

    assert problem is not None
    assert "is not whole: hash4j-0.22.0.jar is missing" in problem


def test_a_lock_that_cannot_be_read_is_a_problem_and_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_kit, "LOCK", tmp_path / "no.lock")

    problem = kafka_kit.jars_problem(tmp_path)

    assert problem is not None
    assert problem.startswith("cannot read")


def test_the_kit_is_the_java_on_path_and_the_jars_one_by_one(
    programs: Path, tmp_path: Path
) -> None:
    _java(programs, "any")

    kit = kafka_kit.locate(str(programs), tmp_path)

    assert kit.java == str(programs / "java")
    assert len(kit.classpath.split(":")) == 46
    assert all(jar.startswith(str(tmp_path)) for jar in kit.classpath.split(":"))


def test_a_java_that_hangs_or_fails_is_none(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(programs, "java", "exit 1")
    assert kafka_kit.java_version(str(programs)) is None
    _program(programs, "java", "exec /bin/sleep 9")
    monkeypatch.setattr(kafka_kit, "_LOOK_S", 0.05)
    assert kafka_kit.java_version(str(programs)) is None
