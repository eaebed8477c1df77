"""The Compose project: what it is given, who can read it, and one line for each way it cannot start."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.environments import compose_project
from harness.environments.compose_project import Project, start, stop
from harness.environments.contract import CannotStart
from harness.settings import Settings

DAEMON = '[ "$1" = version ] && { echo 20.10; exit 0; }; '
PLUGIN = '[ "$2" = version ] && exit 0; '


@pytest.fixture
def project(tmp_path: Path) -> Callable[[str], Project]:
    """A project on a machine whose docker is a script; it notes what it was asked."""

    def make(script: str = "") -> Project:
        (tmp_path / "bin").mkdir(exist_ok=True)
        docker = tmp_path / "bin" / "docker"
        noting = f'echo "$@" >> {tmp_path}/asked; '
        docker.write_text(f"#!/bin/sh\n{noting}{script}\n")
        docker.chmod(0o755)
        path = f"{tmp_path / 'bin'}:/usr/bin:/bin"
        settings = Settings(tmp_path, tmp_path, path, {}, surroundings={"PATH": path})
        return Project(settings, tmp_path / "compose")

    return make


def test_what_is_missing_is_said_with_what_to_do(
    project: Callable[[str], Project], tmp_path: Path
) -> None:
    nothing = Project(Settings(tmp_path, tmp_path, str(tmp_path / "none"), {}), tmp_path)

    assert "there is no docker on PATH" in str(nothing.missing())
    assert "plugin `compose` (v2) is missing: apt install" in str(project("exit 1").missing())
    no_daemon = project(f"{PLUGIN}echo 'Cannot connect to the Docker daemon' >&2; exit 1")
    assert str(no_daemon.missing()) == (
        "Docker's daemon does not answer: Cannot connect to the Docker daemon; "
        "start it: systemctl start docker"
    )
    assert project(f"{PLUGIN}{DAEMON}").missing() is None


def test_what_containers_are_given_is_behind_a_door_that_only_its_owner_opens(
    project: Callable[..., Project],
) -> None:
    made = project()
    made.prepare({"redis": "redis:1"}, ["us", "analytics"])

    assert made.folder.stat().st_mode & 0o777 == 0o700
    secrets = {file.name: file for file in (made.folder / "secrets").iterdir()}
    assert {"jwt", "admin", "management", "jwks", "cloud_eu", "cloud_us"} <= set(secrets)
    assert all(file.stat().st_mode & 0o777 == 0o644 for file in secrets.values())
    assert made.secret("admin") == secrets["admin"].read_text()
    assert set(made.given().identities) == {"eu", "us"}
    assert made.given().profiles == ("us", "analytics")


def test_no_secret_is_among_the_variables(project: Callable[..., Project]) -> None:
    made = project()
    made.prepare({"redis": "redis:1"}, ["analytics"])
    variables = dict(line.split("=", 1) for line in made.variables.read_text().splitlines())

    assert variables["GATEPROOF_IMAGE_REDIS"] == "redis:1"
    assert variables["GATEPROOF_KAFKA"] == "kafka:9092"
    assert variables["GATEPROOF_REPORTS_EU"] == "http://gate-eu:8080/reports"
    assert int(variables["GATEPROOF_KAFKA_PORT"])
    text = made.variables.read_text()
    assert not any(file.read_text() in text for file in (made.folder / "secrets").iterdir())


def test_without_analytics_nobody_reports(project: Callable[..., Project]) -> None:
    made = project()
    made.prepare({}, [])

    text = made.variables.read_text()
    assert "GATEPROOF_KAFKA=none" in text
    assert "GATEPROOF_REPORTS" not in text


def test_two_preparations_share_nothing(project: Callable[..., Project]) -> None:
    made = project()
    made.prepare({}, [])
    before = made.secret("jwt"), made.given().identities
    made.prepare({}, [])

    assert (made.secret("jwt"), made.given().identities) != before


def test_before_it_is_up_there_is_nothing_to_attach_to(project: Callable[..., Project]) -> None:
    with pytest.raises(
        CannotStart, match="no Compose project is up; make up ENV=compose starts it"
    ):
        project().given()
    with pytest.raises(CannotStart, match="no Compose project is up"):
        project().secret("jwt")


def test_what_does_not_come_up_is_named_with_what_it_said_last(
    project: Callable[[str], Project],
) -> None:
    unwell = json.dumps({"Service": "kafka", "State": "running", "Health": "unhealthy"})
    others = json.dumps({"Service": "redis", "State": "running", "Health": "starting"})
    made = project(
        f"""case "$*" in
        *" up "*) echo "container gateproof-kafka-1 is unhealthy" >&2; exit 1;;
        *" ps "*) echo '{others}'; echo '{unwell}';;
        *" logs "*) echo "no space left on device";;
        esac"""
    )

    with pytest.raises(CannotStart) as cannot:
        start(made, ["us"])

    assert str(cannot.value) == (
        "docker compose up failed: container gateproof-kafka-1 is unhealthy; not healthy: kafka; "
        "kafka said last: no space left on device"
    )


def test_what_compose_cannot_read_is_said_and_nothing_is_kept_that_could_not_be_ended(
    project: Callable[[str], Project],
) -> None:
    made = project("""case "$*" in *" config "*) echo "invalid hostPort: abc" >&2; exit 1;; esac""")
    made.prepare({}, [])

    with pytest.raises(CannotStart, match="invalid hostPort: abc; look at GATEPROOF_KAFKA_PORT"):
        start(made, [])
    assert not made.folder.exists()


def test_the_end_removes_volumes_and_forgets_the_secrets(
    project: Callable[..., Project], tmp_path: Path
) -> None:
    made = project()
    made.prepare({}, [])
    stop(made)

    assert "down --volumes --remove-orphans" in (tmp_path / "asked").read_text()
    assert not made.folder.exists()


def test_a_project_that_could_not_be_ended_keeps_its_folder(
    project: Callable[[str], Project],
) -> None:
    made = project("echo 'permission denied' >&2; exit 1")
    made.prepare({}, [])

    with pytest.raises(CannotStart, match="docker compose down failed: permission denied"):
        stop(made)
    assert made.folder.exists()


def test_the_file_is_where_it_says() -> None:
    assert compose_project.FILE.exists()
