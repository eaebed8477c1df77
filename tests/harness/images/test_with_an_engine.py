"""What is built works, on a real engine: skipped, with the reason, where there is none or no images."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.images import building, catalogue, choice, content, engine
from harness.images.building import Site
from harness.settings import ROOT, read

SAFELY = ("--rm", "--read-only", "--tmpfs", "/tmp", "--network", "none")


@pytest.fixture(scope="module")
def reached() -> Iterator[engine.Engine]:
    if shutil.which("docker") is None:
        pytest.skip("no docker command on PATH")
    try:
        found = engine.connect(read().surroundings)
    except engine.NoEngine as error:
        pytest.skip(f"no container engine: {error}")
    yield found
    found.close()


@pytest.fixture(scope="module")
def listed() -> catalogue.Catalogue:
    return catalogue.load(read())


@pytest.fixture
def image(reached: engine.Engine, listed: catalogue.Catalogue) -> Any:
    def reference(name: str) -> str:
        try:
            return choice.require(listed, [name], reached)[name].reference
        except choice.Missing as error:
            pytest.skip(str(error))

    return reference


def _said(reference: str, *command: str) -> str:
    done = subprocess.run(
        ["docker", "run", *SAFELY, reference, *command],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def test_the_subjects_run_without_rights_and_without_what_tests_them(image: Any) -> None:
    question = (
        "import importlib.util as u, os, gateway.app, services.serving, botocore.auth;"
        "print(os.getuid(), [n for n in ('pytest', 'locust', 'harness', 'pip') if u.find_spec(n)])"
    )

    assert _said(image("subjects"), "python", "-c", question) == "10001 []\n"


def test_the_suite_lints_its_features_on_a_read_only_root(image: Any) -> None:
    assert "0 findings" in _said(image("suite"), "gateproof", "lint")


def test_redis_and_kafka_are_what_environments_expect(image: Any) -> None:
    assert "Redis server v=" in _said(image("redis"), "redis-server", "--version")
    listing = _said(image("kafka"), "sh", "-c", "java -version 2>&1; ls /opt/kafka/libs")
    assert 'version "' in listing
    assert "kafka-clients-" in listing


def test_a_changed_subject_is_built_within_half_a_minute(
    reached: engine.Engine, listed: catalogue.Catalogue, image: Any, tmp_path: Path
) -> None:
    image("subjects")  # warm, or skipped
    for name in content.SUBJECTS:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "gateway" / "changed.py").write_text(f"TAG = {tmp_path.name!r}\n")
    site = Site(
        engine=reached, catalogue=listed, settings=read(), say=lambda line: None,
        pull=lambda one: pytest.fail(f"pulls {one.reference}"), subjects=tmp_path,
    )  # fmt: skip
    began = time.monotonic()

    made = building.build(site, ["subjects"])[0]

    try:
        assert time.monotonic() - began < 30
        assert "TAG" in _said(made.reference, "cat", "/opt/gateproof/gateway/changed.py")
    finally:
        reached.remove(made.reference)


def test_the_command_says_what_is_here() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "harness", "images", "list", "redis"],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip

    assert done.stdout.startswith("NAME")
    assert "redis" in done.stdout
