"""`gateproof fetch kafka` says where it is, or in one line why not."""

from pathlib import Path

import pytest

from harness import cli, kafka_jars, kafka_kit
from harness.kafka_jars import NoJars


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GATEPROOF_CACHE", str(tmp_path))


def test_what_was_fetched_is_named_with_its_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(kafka_jars, "fetch", lambda lock, cache, environ: cache / "here")
    monkeypatch.setattr(kafka_kit, "lacking", lambda *_: [])

    assert cli.main(["fetch", "kafka"]) == 0
    assert capsys.readouterr().out == (
        f"fetch: Apache Kafka 4.1.0, 46 jars as locked, in {tmp_path / 'here'}\n"
    )


def test_jars_without_a_java_are_not_enough(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(kafka_jars, "fetch", lambda lock, cache, environ: cache)
    monkeypatch.setattr(kafka_kit, "lacking", lambda *_: ["no Java on PATH (apt install java)"])

    assert cli.main(["fetch", "kafka"]) == 2
    assert capsys.readouterr().err == (
        "gateproof: it cannot run here yet: no Java on PATH (apt install java)\n"
    )


def test_what_cannot_be_fetched_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> Path:
        raise NoJars("cannot fetch Apache Kafka 4.1.0: no mvn on PATH; apt install maven")

    monkeypatch.setattr(kafka_jars, "fetch", fails)

    assert cli.main(["fetch", "kafka"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_what_nobody_knows_is_not_fetched(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["fetch", "moon"]) == 2
    assert capsys.readouterr().err == (
        "gateproof: there is no thing to fetch called 'moon'; there is kafka\n"
    )
