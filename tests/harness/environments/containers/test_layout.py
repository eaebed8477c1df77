"""Who stands in which network, under which name, and whose it is."""

from pathlib import Path

import pytest

from harness import topology
from harness.environments.containers import layout


@pytest.mark.parametrize(
    ("part", "networks"),
    [
        ("users", ("gcp",)),
        ("orders", ("aws",)),
        ("auth", ("aws",)),
        ("gate-eu", ("control-eu",)),
        ("gate-us", ("control-us",)),
        ("redis", ("data",)),
        ("kafka", ("control-eu", "control-us")),
        ("ingest", ("control-eu",)),
        ("eu-1", ("data", "aws", "gcp", "control-eu")),
        ("us-1", ("data", "aws", "gcp", "control-us")),
    ],
)
def test_a_part_stands_where_it_belongs_and_nowhere_else(
    part: str, networks: tuple[str, ...]
) -> None:
    assert layout.attached(topology.PARTS[part]) == networks


def test_every_part_has_networks_that_a_run_makes() -> None:
    for part in topology.PARTS.values():
        assert set(layout.attached(part)) <= set(layout.NETWORKS)
        assert layout.attached(part)


def test_names_of_containers_stay_apart_and_are_host_names() -> None:
    assert layout.alias("users", "shared", 3) == "users"
    assert layout.alias("users", "rig3", 12) == "users-berth12"


def test_labels_say_whose_a_container_is_and_are_read_back() -> None:
    owner = layout.Owner("k3f9", Path("/tmp/gateproof-0/k3f9"), 7, "host")

    labels = owner.labels("users")

    assert layout.whose(labels) == layout.Whose("k3f9", Path("/tmp/gateproof-0/k3f9"), "host")
    assert labels["gateproof.part"] == "users"
    assert labels["gateproof.pid"] == "7"
    assert owner.name("gate-eu-berth4") == "gateproof-k3f9-gate-eu-berth4"


def test_what_is_not_ours_has_no_owner() -> None:
    assert layout.whose({}) is None
    assert layout.whose({layout.RUN: "k3f9"}) is None
