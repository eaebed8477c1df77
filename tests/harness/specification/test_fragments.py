"""Pieces of a document: merged by name, suffixed, joined, and their placeholders filled in."""

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.specification.fragments import (
    Clash,
    Fragment,
    Scope,
    document,
    joined,
    merged,
    resolved,
)

SCOPE = Scope("s7-k3f9")
NAMES = st.sampled_from(["users", "orders", "login"])
FIELDS = st.dictionaries(st.sampled_from("abc"), st.integers(0, 1), max_size=3)
FRAGMENTS = st.builds(
    Fragment,
    services=st.dictionaries(NAMES, FIELDS, max_size=2),
    routes=st.dictionaries(NAMES, FIELDS, max_size=2),
    plugins=st.dictionaries(st.tuples(NAMES, st.just("service"), NAMES), FIELDS, max_size=2),
    parts=st.frozensets(NAMES),
)


def test_fragments_with_one_entity_between_them_become_one_entity() -> None:
    one = Fragment(routes={"r": {"paths": ["/a"]}}, parts=frozenset({"users"}))
    two = Fragment(routes={"r": {"methods": ["GET"]}}, parts=frozenset({"kafka"}))

    both = merged([one, two])

    assert both.routes == {"r": {"paths": ["/a"], "methods": ["GET"]}}
    assert both.parts == {"users", "kafka"}


def test_saying_the_same_twice_is_no_clash() -> None:
    one = Fragment(services={"s": {"url": "http://a"}})

    assert merged([one, one]) == merged([one])


def test_merging_leaves_the_pieces_as_they_were() -> None:
    one, two = Fragment(routes={"r": {"a": 1}}), Fragment(routes={"r": {"b": 2}})

    merged([one, two])

    assert (one.routes, two.routes) == ({"r": {"a": 1}}, {"r": {"b": 2}})


@pytest.mark.parametrize(
    ("kind", "name", "shown"),
    [
        ("services", "users", "service 'users'"),
        ("routes", "users", "route 'users'"),
        ("consumers", "shop", "consumer 'shop'"),
        ("scripts", "slow", "script 'slow'"),
        ("plugins", ("jwt", "service", "users"), "plugin ('jwt', 'service', 'users')"),
    ],
)
def test_a_clash_names_entity_field_and_both_values(kind: str, name: Any, shown: str) -> None:
    one, two = (Fragment(**{kind: {name: {"field": value}}}) for value in ("first", "second"))

    with pytest.raises(Clash) as clash:
        merged([one, two])

    assert str(clash.value) == f"{shown}: field is both 'first' and 'second'"


@given(st.lists(FRAGMENTS, max_size=4), st.randoms())
def test_merging_gives_the_same_or_clashes_whatever_the_order(
    fragments: list[Fragment], random: Any
) -> None:
    shuffled = list(fragments)
    random.shuffle(shuffled)

    def outcome(pieces: list[Fragment]) -> Any:
        try:
            return merged(pieces)
        except Clash:
            return Clash

    assert outcome(shuffled) == outcome(fragments)


@given(st.lists(FRAGMENTS, max_size=4))
def test_nothing_that_a_fragment_says_is_lost_in_a_merge(fragments: list[Fragment]) -> None:
    try:
        total = merged(fragments)
    except Clash:
        return
    for piece in fragments:
        assert piece.parts <= total.parts
        for name, fields in piece.routes.items():
            assert fields.items() <= total.routes[name].items()


def test_every_name_carries_the_suffix_and_every_route_its_own_host() -> None:
    fragment = Fragment(
        services={"users": {"url": "${users.url}"}},
        routes={"users": {"paths": ["/users"], "service": "users"}, "login": {"paths": ["/l"]}},
        consumers={"shop": {"jwt_secrets": [{"key": "shop-${suffix}", "secret": "x"}]}},
        plugins={
            ("jwt", "service", "users"): {"key_claim_name": "kid"},
            ("cors", "global", ""): {},
            ("rate-limiting", "route+consumer", "login+shop"): {"minute": 3},
        },
    )

    drawn = document(fragment, SCOPE)

    assert drawn["_format_version"] == "3.0"
    assert drawn["services"] == [{"name": "users-s7-k3f9", "url": "${users.url}"}]
    assert drawn["routes"] == [
        {"name": "login-s7-k3f9", "hosts": ["s7-k3f9.gateway.test"], "paths": ["/l"]},
        {
            "name": "users-s7-k3f9",
            "hosts": ["s7-k3f9.gateway.test"],
            "paths": ["/users"],
            "service": "users-s7-k3f9",
        },
    ]
    (consumer,) = drawn["consumers"]
    assert consumer["username"] == "shop-s7-k3f9"
    assert consumer["jwt_secrets"][0]["key"] == "shop-s7-k3f9"
    assert drawn["plugins"] == [
        {"name": "cors", "config": {}},
        {"name": "jwt", "config": {"key_claim_name": "kid"}, "service": "users-s7-k3f9"},
        {
            "name": "rate-limiting",
            "config": {"minute": 3},
            "route": "login-s7-k3f9",
            "consumer": "shop-s7-k3f9",
        },
    ]


def test_a_route_may_name_hosts_of_its_own() -> None:
    drawn = document(Fragment(routes={"r": {"hosts": ["other.test"]}}), SCOPE)

    assert drawn["routes"][0]["hosts"] == ["other.test"]


def test_credentials_have_ids_that_stay_and_differ_by_key() -> None:
    def secrets_of(scope: Scope) -> list[Any]:
        keys = [{"key": "a-${suffix}"}, {"key": "b-${suffix}"}]
        return document(Fragment(consumers={"c": {"jwt_secrets": keys}}), scope)["consumers"][0][
            "jwt_secrets"
        ]

    ids = [secret["id"] for scope in (SCOPE, Scope("s8-k3f9")) for secret in secrets_of(scope)]

    assert ids[:2] == [secret["id"] for secret in secrets_of(SCOPE)]
    assert len(set(ids)) == 4
    assert all(uuid.UUID(one) for one in ids)


def test_the_suffix_is_filled_in_at_any_depth_and_other_placeholders_are_left() -> None:
    config = {"function_name": "login-${suffix}", "deep": [{"a": "${suffix}"}], "n": 1, "t": True}

    drawn = document(Fragment(plugins={("aws-lambda", "global", ""): config}), SCOPE)

    assert drawn["plugins"][0]["config"] == {
        "function_name": "login-s7-k3f9",
        "deep": [{"a": "s7-k3f9"}],
        "n": 1,
        "t": True,
    }


@given(st.text(min_size=1))
def test_the_plain_name_comes_back(name: str) -> None:
    assert SCOPE.plain(SCOPE.name(name)) == name


def test_joined_documents_hold_everything_of_each_in_order() -> None:
    one = document(Fragment(services={"a": {}}, routes={"r": {}}), SCOPE)
    two = document(Fragment(services={"a": {}}, consumers={"c": {}}), Scope("s8-k3f9"))

    total = joined([one, two])

    assert [service["name"] for service in total["services"]] == ["a-s7-k3f9", "a-s8-k3f9"]
    assert len(total["routes"]) == len(total["consumers"]) == 1
    assert total["_format_version"] == "3.0"


def test_nothing_joined_is_still_a_document() -> None:
    assert joined([]) == {
        "_format_version": "3.0",
        "services": [],
        "routes": [],
        "consumers": [],
        "plugins": [],
    }


@pytest.mark.parametrize("value", [8080, 0, True, None, ["a"], {"a": 1}, "text"])
def test_a_text_that_is_one_placeholder_keeps_the_type(value: Any) -> None:
    assert resolved({"port": "${auth.port}"}, {"auth.port": value}.__getitem__) == {"port": value}


def test_a_placeholder_within_a_text_becomes_text() -> None:
    known = {"auth.host": "h", "auth.port": 80}

    assert resolved("http://${auth.host}:${auth.port}/x", known.__getitem__) == "http://h:80/x"


def test_placeholders_are_found_at_any_depth_and_nothing_else_is_touched() -> None:
    document = {"a": [{"b": "${x}"}, ("${x}", 1)], "${x}": "$x {x} $(x)", "n": None}

    assert resolved(document, lambda name: name.upper()) == {
        "a": [{"b": "X"}, ["X", 1]],
        "${x}": "$x {x} $(x)",
        "n": None,
    }


def test_an_unknown_placeholder_names_itself() -> None:
    with pytest.raises(KeyError, match=r"redis\.url"):
        resolved({"a": ["${redis.url}"]}, {}.__getitem__)


def test_what_is_filled_in_is_not_read_again() -> None:
    """A secret may look like a placeholder; it is a value."""
    assert resolved("${a}", {"a": "${b}"}.__getitem__) == "${b}"
    assert resolved("x${a}", {"a": "${b}"}.__getitem__) == "x${b}"
