"""How a part is run in a container: what its command line shows, and what it does not."""

from collections.abc import Callable

import pytest

from harness import topology
from harness.environments.containers import layout, recipes
from harness.environments.containers.recipes import Recipe
from harness.environments.contract import Site

INSIDE = {
    "gate-eu.sync": "http://relays:40001",
    "gate-eu.reports": "http://gate-eu-berth1:8080",
    "kafka.bootstrap": "kafka:9092",
    "redis.url": "redis://redis-berth2:6379",
}


def _made(site: Site, part: str) -> Recipe:
    return recipes.recipe(
        topology.PARTS[part], site, f"{part}-berth7", lambda inside: inside + 20000
    )


@pytest.mark.parametrize("part", ["gate-eu", "users", "auth", "upstream", "eu-1"])
def test_no_secret_is_in_the_command_line(site: Callable[..., Site], part: str) -> None:
    here = site(inside=dict(INSIDE))

    made = _made(here, part)

    shown = " ".join([*made.command, *made.argv])
    assert [name for name, value in here.secrets.items() if value in shown] == []
    assert "the token of" not in shown


def test_secrets_are_told_to_the_keeper(site: Callable[..., Site]) -> None:
    made = _made(site(), "users")

    order = made.order("users of rig3, start 1", keeps=False)

    assert order["environment"]["AWS_ACCESS_KEY_ID"] == "the key's id"
    assert order["argv"][:4] == ("python", "-m", "services", "users")
    assert (order["life"], order["keeps"]) == ("users of rig3, start 1", False)
    assert made.order("", keeps=True)["keeps"] is True
    gateway = _made(site(inside=dict(INSIDE)), "eu-1").order("", keeps=False)
    assert gateway["files"] == {"cloud.token": "the token of eu"}


def test_between_two_rigs_a_keeper_runs_and_keeps_nothing() -> None:
    assert recipes.NOTHING == {}


def test_a_gateway_without_kafka_is_told_to_report_nothing(site: Callable[..., Site]) -> None:
    inside = {what: where for what, where in INSIDE.items() if what != "kafka.bootstrap"}

    words = list(_made(site(inside=inside), "eu-1").argv)

    assert words[words.index("--reports") + 1] == "off"


def test_a_container_of_a_part_with_a_keeper_has_nothing_of_one_rig_in_it(
    site: Callable[..., Site],
) -> None:
    """So that another rig can have it."""
    for name in ("gate-eu", "users", "eu-1"):
        one, other = (_made(site(rig, inside=dict(INSIDE)), name) for rig in ("rig3", "rig4"))

        assert one.command == other.command
        assert one.packed == other.packed
        assert list(one.packed) == ["keeper.py"]
        assert one.command[-3:] == [recipes.GIVEN, recipes.STATE, "/tmp"]
        assert one.folders == ("given", "state")


def test_a_broker_that_serves_one_rig_after_another_has_a_topic_for_each(
    site: Callable[..., Site],
) -> None:
    owns = site("rig3", parts={"gate-eu", "kafka", "ingest"}, inside=dict(INSIDE))
    borrows = site("rig4", parts={"gate-eu"}, inside=dict(INSIDE))
    shared = site("shared", parts={"gate-eu", "kafka"}, inside=dict(INSIDE))

    assert [_made(each, "kafka").topic for each in (owns, shared)] == ["reports-rig3", "reports"]
    for each, topic in ((owns, "reports-rig3"), (borrows, "reports"), (shared, "reports")):
        for part in ("gate-eu", "ingest"):
            words = list(_made(each, part).argv)
            assert words[words.index("--topic") + 1] == topic


def test_redis_and_kafka_are_what_their_containers_run(site: Callable[..., Site]) -> None:
    redis, kafka = _made(site(), "redis"), _made(site(), "kafka")

    assert redis.command[0] == "redis-server"
    assert kafka.command[0] == "sh"
    assert sorted(kafka.packed) == ["log4j2.properties", "server.properties"]
    assert kafka.folders == ("state",)


def test_a_gateway_reaches_others_by_their_inside_addresses(site: Callable[..., Site]) -> None:
    made = _made(site(inside=dict(INSIDE)), "eu-1")

    words = list(made.argv)
    assert words[words.index("--gate") + 1] == "http://relays:40001"
    assert words[words.index("--reports") + 1] == "http://gate-eu-berth1:8080/reports"
    assert words[words.index("--redis") + 1] == "redis://redis-berth2:6379"
    assert words[words.index("--cloud-token") + 1] == "/run/gateproof/given/cloud.token"
    assert made.files["cloud.token"] == "the token of eu"


def test_changed_subjects_are_run_from_their_own_folder(
    site: Callable[..., Site], tmp_path: object
) -> None:
    assert not _made(site(), "users").own_code
    changed = _made(site(subjects=tmp_path), "users")
    assert changed.own_code
    assert changed.order("", keeps=False)["folder"] == "/run/gateproof/code"
    assert _made(site(), "users").order("", keeps=False)["folder"] is None


def test_kafka_names_its_alias_or_the_relay_and_the_published_port(
    site: Callable[..., Site],
) -> None:
    plain = _made(site("shared"), "kafka").files["server.properties"]
    relayed = _made(site(relays={"kafka.bootstrap": "kafka-link:7000"}), "kafka")

    advertised = "advertised.listeners=INSIDE://{},OUTSIDE://127.0.0.1:29094,"
    assert advertised.format("kafka-berth7:9092") in plain
    assert advertised.format("kafka-link:7000") in relayed.files["server.properties"]


def test_addresses_have_two_faces(site: Callable[..., Site]) -> None:
    for name, what, inside, outside in (
        ("users", "control", "http://users-berth7:8081", "http://127.0.0.1:21000"),
        ("redis", "url", "redis://redis-berth7:6379", "redis://127.0.0.1:21000"),
        ("kafka", "bootstrap", "kafka-berth7:9092", "127.0.0.1:21000"),
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
    assert made.has_keeper
    assert not made.files
