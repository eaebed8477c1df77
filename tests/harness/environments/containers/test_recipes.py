"""How a part is run in a container: what its command line shows, and what it does not."""

from collections.abc import Callable

import pytest

from harness import topology
from harness.environments.containers import layout, recipes
from harness.environments.containers.recipes import Recipe
from harness.environments.contract import Site

INSIDE = {
    "gate-eu.sync": "http://relays:40001",
    "gate-eu.reports": "http://gate-eu-rig3:8080",
    "kafka.bootstrap": "kafka:9092",
    "redis.url": "redis://redis-rig3:6379",
}


def _made(site: Site, part: str) -> Recipe:
    return recipes.recipe(topology.PARTS[part], site, lambda inside: inside + 20000)


@pytest.mark.parametrize("part", ["gate-eu", "users", "auth", "upstream", "eu-1"])
def test_no_secret_is_in_the_command_line(site: Callable[..., Site], part: str) -> None:
    here = site(inside=dict(INSIDE))

    made = _made(here, part)

    shown = " ".join(made.command)
    assert [name for name, value in here.secrets.items() if value in shown] == []
    assert "the token of" not in shown


def test_secrets_are_in_a_file_that_a_shell_can_read(site: Callable[..., Site]) -> None:
    made = _made(site(), "users")

    assert b"AWS_ACCESS_KEY_ID='the key'\"'\"'s id'\n" in made.given["secrets.env"]
    assert made.command[:2] == ["sh", "-c"]
    assert made.command[2] == 'set -a; . /run/gateproof/secrets.env; set +a; exec "$@"'
    assert made.command[3:6] == ["sh", "python", "-m"]


def test_a_gateway_reaches_others_by_their_inside_addresses(site: Callable[..., Site]) -> None:
    made = _made(site(inside=dict(INSIDE)), "eu-1")

    words = list(made.argv)
    assert words[words.index("--gate") + 1] == "http://relays:40001"
    assert words[words.index("--reports") + 1] == "http://gate-eu-rig3:8080/reports"
    assert words[words.index("--redis") + 1] == "redis://redis-rig3:6379"
    assert made.given["cloud.token"] == b"the token of eu"


def test_a_gateway_in_a_rig_stands_only_in_the_clouds_of_its_services(
    site: Callable[..., Site],
) -> None:
    borrowing = site(inside={**INSIDE, "users.url": "http://users:8080"})
    owning = site(inside=dict(INSIDE), parts={"eu-1", "orders"})
    shared = site("shared", inside=dict(INSIDE))

    assert _made(borrowing, "eu-1").networks == ("data", "gcp", "control-eu")
    assert _made(owning, "eu-1").networks == ("data", "aws", "control-eu")
    assert _made(shared, "eu-1").networks == ("data", "aws", "gcp", "control-eu")


def test_changed_subjects_are_run_from_their_own_folder(
    site: Callable[..., Site], tmp_path: object
) -> None:
    assert not _made(site(), "users").own_code
    changed = _made(site(subjects=tmp_path), "users")
    assert changed.own_code
    assert changed.command[2].startswith("cd /run/gateproof/code; ")


def test_kafka_names_its_alias_or_the_relay_and_the_published_port(
    site: Callable[..., Site],
) -> None:
    plain = _made(site("shared"), "kafka").given["server.properties"].decode()
    relayed = _made(site(relays={"kafka.bootstrap": "kafka-link:7000"}), "kafka")

    advertised = "advertised.listeners=INSIDE://{},OUTSIDE://127.0.0.1:29094,"
    assert advertised.format("kafka:9092") in plain
    assert advertised.format("kafka-link:7000") in relayed.given["server.properties"].decode()


def test_addresses_have_two_faces(site: Callable[..., Site]) -> None:
    for name, what, inside, outside in (
        ("users", "control", "http://users-rig3:8081", "http://127.0.0.1:21000"),
        ("redis", "url", "redis://redis-rig3:6379", "redis://127.0.0.1:21000"),
        ("kafka", "bootstrap", "kafka-rig3:9092", "127.0.0.1:21000"),
    ):
        part = topology.PARTS[name]
        made = _made(site(), name)
        assert recipes.inside_address(what, made, part) == inside
        assert recipes.outside_address(part, 21000) == outside


def test_one_container_holds_the_relays_of_all_links_and_stands_in_every_network() -> None:
    made = recipes.relays()

    assert made.image == "suite"
    assert made.networks == layout.NETWORKS
    assert made.alias == layout.RELAYS
    assert made.ports == {"control": recipes.RELAY_CONTROL}
    assert not made.given
