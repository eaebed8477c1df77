"""Kafka's jars are those of the lock, or there is one line about it."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from harness import kafka_jars, maven
from harness.kafka_jars import Jar, Lock, NoJars
from harness.settings import ROOT

LOCK = ROOT / "compose" / "kafka.lock"


def _jar(name: str, content: bytes) -> Jar:
    return Jar(name, hashlib.sha256(content).hexdigest())


SMALL = Lock((_jar("org.apache.kafka:kafka_2.13:4.1.0", b"broker"), _jar("a.b:c:1", b"other")))


def _mvn(folder: Path, script: str) -> Mapping[str, str]:
    """A Maven of our own on PATH; $OUT is where the jars go."""
    program = folder / "bin" / "mvn"
    program.parent.mkdir()
    find = 'for one in "$@"; do case "$one" in -DoutputDirectory=*) OUT="${one#*=}";; esac; done'
    program.write_text(f"#!/bin/sh\n{find}\n{script}\n")
    program.chmod(0o755)
    return {"PATH": f"{program.parent}:/bin:/usr/bin", "HOME": str(folder)}


GOOD = 'printf broker > "$OUT/kafka_2.13-4.1.0.jar"; printf other > "$OUT/c-1.jar"'


def test_the_lock_of_the_repository_names_a_whole_broker() -> None:
    lock = kafka_jars.read_lock(LOCK)

    assert lock.version == "4.1.0"
    assert len(lock.jars) == len({jar.file for jar in lock.jars}) == 46
    assert kafka_jars.classpath(lock, Path("/libs")).count("/libs/") == 46


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a:b:1 sha256:12", "kafka.lock:1: expected GROUP:ARTIFACT:VERSION sha256:SUM"),
        (f"# comment\n\na:b:1 sha256:{'0' * 64}", "names no org.apache.kafka:kafka_2.13"),
    ],
)
def test_a_lock_that_cannot_be_used_says_where(text: str, complaint: str, tmp_path: Path) -> None:
    (tmp_path / "kafka.lock").write_text(text)

    with pytest.raises(NoJars, match=complaint):
        kafka_jars.read_lock(tmp_path / "kafka.lock")


def test_fetched_jars_are_checked_and_kept(tmp_path: Path) -> None:
    environ = _mvn(tmp_path, GOOD)

    folder = kafka_jars.fetch(SMALL, tmp_path / "cache", environ)

    assert sorted(path.name for path in folder.iterdir()) == ["c-1.jar", "kafka_2.13-4.1.0.jar"]
    (tmp_path / "bin" / "mvn").unlink()
    assert kafka_jars.fetch(SMALL, tmp_path / "cache", environ) == folder


def test_a_jar_that_was_changed_in_the_cache_is_fetched_again(tmp_path: Path) -> None:
    environ = _mvn(tmp_path, GOOD)
    folder = kafka_jars.fetch(SMALL, tmp_path / "cache", environ)
    (folder / "c-1.jar").write_text("changed")

    assert kafka_jars.differing(SMALL, folder)[0].startswith("c-1.jar has sum")
    assert (kafka_jars.fetch(SMALL, tmp_path / "cache", environ) / "c-1.jar").read_text() == "other"


def test_a_jar_with_another_sum_is_refused_and_nothing_is_kept(tmp_path: Path) -> None:
    environ = _mvn(tmp_path, GOOD.replace("printf other", "printf planted"))

    with pytest.raises(NoJars, match=r"c-1\.jar has sum .* the lock says .*m2"):
        kafka_jars.fetch(SMALL, tmp_path / "cache", environ)
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ("Unknown host repo.maven.apache.org", "set HTTPS_PROXY, or a mirror"),
        ("PKIX path building failed", "set GATEPROOF_CA_BUNDLE"),
        ("No space left on device", "make room"),
        ("status: 407 Proxy", "credentials; put them into HTTPS_PROXY"),
    ],
)
def test_a_failing_maven_is_one_line_with_a_remedy(
    said: str, complaint: str, tmp_path: Path
) -> None:
    environ = _mvn(tmp_path, f"echo '[ERROR] {said}'; exit 1")

    with pytest.raises(NoJars) as raised:
        kafka_jars.fetch(SMALL, tmp_path / "cache", environ)

    assert str(raised.value).startswith("cannot fetch Apache Kafka 4.1.0: Maven failed: ")
    assert said in str(raised.value)
    assert complaint in str(raised.value)
    assert "\n" not in str(raised.value)


def test_no_maven_is_said_with_the_package(tmp_path: Path) -> None:
    with pytest.raises(NoJars, match="no mvn on PATH; apt install maven"):
        kafka_jars.fetch(SMALL, tmp_path, {"PATH": str(tmp_path)})


def test_the_project_that_maven_gets_depends_on_nothing_behind_the_jars() -> None:
    drawn = maven.pom(["a.b:c:1"])

    assert "<artifactId>c</artifactId><version>1</version><exclusions><exclusion>" in drawn
