"""What the doctor makes of a machine: states, reasons and remedies from given facts."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from harness import doctor, environments
from harness.doctor import examine, runs_embedded, written
from harness.findings import Finding, State
from harness.images.hops import Hops
from harness.machine import Facts, Redis
from harness.network import Network
from harness.setup.stamp import Plan

DOCKER = Hops("unix:///var/run/docker.sock", installed=True, sdk="7.2.0", engine="28.2.2",
              driver="overlay2", free_bytes=10**11, listed=("redis",), registry="docker.io")  # fmt: skip
NO_DOCKER = Hops("unix:///nowhere", installed=False, socket_problem="there is no /nowhere")
WELL = Facts(
    system="Linux x86_64",
    python="3.12.1",
    venv_module=True,
    setup=Plan(None, ()),
    make="4.3",
    redis=Redis("/usr/bin/redis-server", "7.0.15"),
    redis_remedy="apt install redis-server",
    redis_fetchable=True,
    kafka_client="2.16.1 librdkafka 2.16.0",
    loopback_problem=None,
    temp_folder="/tmp",
    temp_problem=None,
    docker=DOCKER,
    network=Network(None, {}, ()),
    network_problem="",
    java=17,
    maven=True,
    kafka_jars_problem=None,
)
NO_JARS = "Apache Kafka 4.1.0 is not in /cache"
FRESH = replace(WELL, setup=Plan("there is none yet", ("packages",)), kafka_client=None)


def _finding(facts: Facts, subject: str) -> Finding:
    return next(each for each in examine(facts) if each.subject == subject)


def test_a_machine_with_everything_is_ready() -> None:
    findings = examine(WELL)

    assert runs_embedded(findings)
    assert _finding(WELL, "ENV=embedded").state is State.READY
    assert all(each.state is State.READY or each.found == doctor.NOT_YET for each in findings)


def test_the_temp_folder_of_macos_is_short_enough() -> None:
    facts = replace(WELL, temp_folder="/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T")

    assert _finding(facts, "temp folder").state is State.READY


def test_a_fresh_clone_can_run_and_says_that_setup_comes_first() -> None:
    facts = replace(FRESH, redis=None)

    assert runs_embedded(examine(facts))
    assert _finding(facts, "ENV=embedded").state is State.LIMITED
    assert "make setup" in _finding(facts, ".venv").remedy
    assert _finding(facts, "redis-server").remedy == "make setup"


@pytest.mark.parametrize(
    ("facts", "subject", "remedy"),
    [
        (
            replace(WELL, redis=None, redis_fetchable=False, redis_remedy="brew install redis"),
            "redis-server",
            "brew install redis",
        ),
        (
            replace(WELL, redis=Redis("/opt/redis-server", None)),
            "redis-server",
            "apt install redis-server",
        ),
        (replace(WELL, kafka_client=None), "KAFKA=emulated", "make clean ALL=1 && make setup"),
        (replace(WELL, temp_problem="Read-only file system"), "temp folder", "set TMPDIR"),
        (replace(WELL, temp_folder="/" + "x" * 80), "temp folder", "set TMPDIR=/tmp"),
        (replace(WELL, loopback_problem="Permission denied"), "ports", "loopback"),
        (replace(FRESH, venv_module=False), "python", "apt install python3-venv"),
    ],
)
def test_what_is_missing_keeps_embedded_from_running_and_has_a_remedy(
    facts: Facts, subject: str, remedy: str
) -> None:
    finding, embedded = _finding(facts, subject), _finding(facts, "ENV=embedded")

    assert finding.state is State.MISSING
    assert remedy in finding.remedy
    assert not runs_embedded(examine(facts))
    assert subject in embedded.found
    assert embedded.remedy == finding.remedy


@pytest.mark.parametrize(
    ("facts", "subject", "state", "found"),
    [
        (replace(WELL, docker=NO_DOCKER), "docker", State.MISSING, "no daemon"),
        (
            replace(WELL, docker=replace(DOCKER, registry_problem="no such host")),
            "docker",
            State.LIMITED,
            "no registry",
        ),
        (
            replace(WELL, network_problem="GATEPROOF_CA_BUNDLE names /x; unset it"),
            "network",
            State.LIMITED,
            "GATEPROOF_CA_BUNDLE names /x",
        ),
        (replace(WELL, java=None), "KAFKA=real", State.MISSING, "found none"),
        (replace(WELL, java=11), "KAFKA=real", State.MISSING, "found 11"),
        (replace(WELL, kafka_jars_problem=NO_JARS), "KAFKA=real", State.MISSING, NO_JARS),
    ],
)
def test_what_only_other_environments_need_keeps_nothing_from_running(
    facts: Facts, subject: str, state: State, found: str
) -> None:
    assert _finding(facts, subject).state is state
    assert found in _finding(facts, subject).found
    assert _finding(facts, "ENV=embedded").state is State.READY


@pytest.mark.parametrize(
    ("facts", "remedy"),
    [
        (replace(WELL, java=None), "apt install openjdk-17-jre-headless"),
        (replace(WELL, kafka_jars_problem=NO_JARS), "gateproof fetch kafka"),
        (replace(WELL, kafka_jars_problem=NO_JARS, maven=False), "apt install maven"),
    ],
)
def test_a_real_kafka_says_the_command_that_brings_it(facts: Facts, remedy: str) -> None:
    assert _finding(facts, "KAFKA=real").remedy.startswith(remedy)
    assert _finding(WELL, "KAFKA=real").state is State.READY


def test_an_outdated_setup_names_what_is_out_of_date() -> None:
    facts = replace(WELL, setup=Plan(None, ("packages", "redis")))

    assert _finding(facts, ".venv") == Finding(
        ".venv", State.LIMITED, "out of date: packages, redis", "make setup"
    )


@pytest.mark.parametrize(
    ("make", "state"), [(None, "limited"), ("3.79.1", "limited"), ("3.81", "ready")]
)
def test_make_is_a_convenience(make: str | None, state: str) -> None:
    facts = replace(WELL, make=make)

    assert _finding(facts, "make").state == state
    assert runs_embedded(examine(facts))


def test_every_environment_is_named_and_those_not_built_are_said_to_be() -> None:
    for name in environments.ENVIRONMENTS:
        assert _finding(WELL, f"ENV={name}").state is State.READY
    for name in (f"ENV={planned}" for planned in environments.PLANNED):
        assert _finding(WELL, name) == Finding(name, State.MISSING, "not in this version yet")


def test_each_finding_is_one_line_that_begins_with_its_state() -> None:
    lines = written(examine(FRESH)).splitlines()

    assert len(lines) == len(examine(FRESH))
    assert {line.split()[0] for line in lines} <= {"ready", "limited", "missing"}


def test_it_works_without_any_installed_package() -> None:
    root = Path(doctor.__file__).parents[1]
    answer = subprocess.run(
        [sys.executable, "-ESm", "harness.doctor", "--what"],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert answer.returncode == 2
    assert answer.stderr == "doctor: takes no arguments, found '--what'\n"
