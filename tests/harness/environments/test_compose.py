"""What is known of a running Compose project, and that its file says what the harness relies on."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness import topology
from harness.environments import compose, compose_project
from harness.environments.broker_settings import FETCH_WAIT_MS
from harness.environments.compose import PORTS, inside, published
from harness.environments.compose_project import Project
from harness.environments.contract import CannotStart, Fidelity, Options
from harness.settings import ROOT, Settings

FILE: dict[str, Any] = yaml.safe_load(compose_project.FILE.read_text())
SERVICES: dict[str, dict[str, Any]] = FILE["services"]


def _container(name: str, state: str = "running", **ports: int) -> dict[str, Any]:
    publishers = [
        {"TargetPort": int(inner.removeprefix("p")), "PublishedPort": outer}
        for inner, outer in ports.items()
    ]
    return {"Service": name, "State": state, "Publishers": publishers}


RUNNING = [
    _container("eu-1", p8080=3001, p8081=3002),
    _container("gate-eu", p8080=3003, p8081=3004),
    _container("users", p8080=3005, p8081=3006),
    _container("redis", p6379=3007),
    _container("kafka", p9094=3008, p9092=0),
    _container("orders", "exited", p8080=3009),
    _container("somebody-elses", p8080=3010),
]


def test_addresses_are_where_docker_published_them() -> None:
    found = published(RUNNING)

    assert found["eu-1.proxy"] == "http://127.0.0.1:3001"
    assert found["eu-1.admin"] == "http://127.0.0.1:3002"
    assert found["gate-eu.management"] == "http://127.0.0.1:3004"
    assert found["users.control"] == "http://127.0.0.1:3006"
    assert (found["redis.url"], found["kafka.bootstrap"]) == (
        "redis://127.0.0.1:3007", "127.0.0.1:3008",
    )  # fmt: skip
    assert not any(name.startswith(("orders", "somebody")) for name in found)


def test_gateways_reach_services_by_their_names() -> None:
    assert inside("users.url") == "http://users:8080"
    assert inside("redis.url") == "redis://redis:6379"
    assert inside("kafka.bootstrap") == "kafka:9094"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    made = Project(Settings(tmp_path, tmp_path, "/bin", {}), tmp_path / "compose")
    made.prepare({}, ["us"])
    monkeypatch.setattr(Project, "containers", lambda _: RUNNING)
    return made


def test_a_running_project_is_its_owners_to_publish_to_and_gets_its_demo_back(
    project: Project,
) -> None:
    found = compose.attachment(project)

    assert found.own
    assert found.restores
    assert found.secrets["jwt"] == project.secret("jwt")
    assert found.gate_of("eu") == "http://127.0.0.1:3004"
    assert found.inside["users.url"] == "http://users:8080"
    assert found.fidelity()["eu-2"] is Fidelity.ABSENT


def test_without_a_gateway_nothing_is_up(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Project, "containers", lambda _: [])

    with pytest.raises(CannotStart, match="no Compose project is up; make up ENV=compose"):
        compose.attachment(project)


def test_looking_for_it_is_left_until_somebody_asks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Project, "missing", lambda _: "no docker")
    here = compose.Compose(Settings(tmp_path, tmp_path, "/bin", {}), Options())

    assert here.fidelity == {}
    assert here.missing() == "no docker"


# --- the file ----------------------------------------------------------------------------------


def test_every_part_of_the_topology_is_in_the_file_and_nothing_else() -> None:
    assert set(SERVICES) == set(topology.PARTS)


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_locked_down_watched_and_on_loopback_alone(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["user"]) > 0
    assert service["healthcheck"]["test"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert "environment" not in service or name == "kafka"


@pytest.mark.parametrize("name", SERVICES)
def test_every_port_that_the_harness_looks_for_is_published(name: str) -> None:
    targets = {int(port.rpartition(":")[2]) for port in SERVICES[name]["ports"]}

    assert set(PORTS[topology.PARTS[name].kind].values()) == targets


def test_what_belongs_to_a_profile_is_optional_for_everything_else() -> None:
    optional = {name for name, service in SERVICES.items() if service.get("profiles")}

    assert optional == {"gate-us", "us-1", "kafka", "ingest"}
    assert {one for service in SERVICES.values() for one in service.get("profiles", ())} == set(
        compose_project.PROFILES
    )
    for name in set(SERVICES) - optional:
        for other, how in SERVICES[name].get("depends_on", {}).items():
            assert other not in optional or how["required"] is False


def test_gateways_share_no_network_with_the_other_regions_control_plane() -> None:
    assert "control-us" not in SERVICES["eu-1"]["networks"]
    assert "control-eu" not in SERVICES["us-1"]["networks"]
    assert not set(SERVICES["users"]["networks"]) & set(SERVICES["orders"]["networks"])


def test_every_secret_is_one_that_is_prepared(tmp_path: Path) -> None:
    project = Project(Settings(tmp_path, tmp_path, "/bin", {}), tmp_path / "compose")
    project.prepare({}, [])
    made = {file.name for file in (project.folder / "secrets").iterdir()}

    assert set(FILE["secrets"]) == made
    assert {one for service in SERVICES.values() for one in service.get("secrets", ())} == made
    words = json.dumps(SERVICES)
    assert not any(file.read_text() in words for file in (project.folder / "secrets").iterdir())


def test_the_official_images_are_those_of_the_list() -> None:
    listed = tomllib.loads((ROOT / "compose" / "images.toml").read_text())["image"]
    text = compose_project.FILE.read_text()

    for variable, default in re.findall(r"\$\{GATEPROOF_IMAGE_(\w+):-([^}]+)\}", text):
        image = listed[variable.lower()]
        assert default == (image["reference"] or image["local"])


def test_ingest_waits_as_it_does_with_any_broker() -> None:
    assert f"--fetch-wait-ms={FETCH_WAIT_MS}" in SERVICES["ingest"]["command"]


@pytest.mark.parametrize("name", ["eu-1", "eu-2", "us-1"])
def test_replicas_differ_in_their_names_and_their_region_alone(name: str) -> None:
    def plain(part: str) -> list[str]:
        region = part[:2]
        return [
            word.replace(part, "NAME").replace(f"_{region}", "_R").replace(f"-{region}:", "-R:")
            .replace(f"_{region.upper()}:", "_R:")
            for word in SERVICES[part]["command"]
        ]  # fmt: skip

    assert plain(name) == plain("eu-1")
