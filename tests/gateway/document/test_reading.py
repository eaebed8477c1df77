"""Documents: what is accepted, what is refused, and that every refusal says where."""

import asyncio
import copy
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gateway.document.fields import DocumentRefused
from gateway.document.reading import (
    Surroundings,
    named_algorithms,
    read_in_slices,
    read_snapshot,
)
from gateway.policies.order import KINDS

GOOD_SECRETS = {"jwt_secrets": [{"key": "k", "secret": "s"}]}
SURROUNDINGS = Surroundings(KINDS, (("127.0.0.1", 8000), ("localhost", 8000)), has_redis=False)

GOOD = {
    "_format_version": "3.0",
    "services": [
        {
            "name": "users",
            "url": "http://127.0.0.1:9001/srv",
            "routes": [
                {"name": "users", "paths": ["/users"], "hosts": ["A.test"], "methods": ["GET"]}
            ],
            "plugins": [{"name": "jwt", "config": {"claims_to_verify": ["exp"]}}],
        }
    ],
    "routes": [{"name": "login", "paths": ["/login"], "service": {"name": "users"}}],
    "consumers": [{"username": "acme", "jwt_secrets": [{"key": "k", "secret": "s"}]}],
    "plugins": [{"name": "rate-limiting", "config": {"minute": 3}, "consumer": "acme"}],
}


def read(document):
    return read_snapshot(document, SURROUNDINGS)


def problems(document):
    with pytest.raises(DocumentRefused) as refused:
        read(document)
    return [str(problem) for problem in refused.value.problems]


def changed(path, value):
    """The good document with one value set; a path such as services/0/name."""
    document = copy.deepcopy(GOOD)
    *parents, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    target = document
    for part in parents:
        target = target[part]
    target[last] = value
    return document


def test_a_good_document_is_read_whole():
    snapshot = read(GOOD)
    (service,) = snapshot.services
    assert (service.host, service.port, service.path, service.retries) == (
        "127.0.0.1",
        9001,
        "/srv",
        5,
    )
    assert [route.name for route in snapshot.routes] == ["login", "users"] or [
        route.name for route in snapshot.routes
    ] == ["users", "login"]
    assert all(route.service is service for route in snapshot.routes)
    assert snapshot.consumers[0].jwt_secrets[0].algorithm == "HS256"
    assert {plugin.name for plugin in snapshot.plugins} == {"jwt", "rate-limiting"}


def test_ids_are_stable_and_written_ones_are_kept():
    first, second = read(GOOD), read(copy.deepcopy(GOOD))
    assert first == second
    assert first.consumers[0].jwt_secrets[0].id == second.consumers[0].jwt_secrets[0].id
    assert read(changed("services/0/id", "my-id")).services[0].id == "my-id"


def test_flat_and_nested_are_the_same():
    consumer = {"username": "acme", "id": "acme-id"}
    key, group = {"key": "api", "id": "key-id"}, {"group": "gold"}
    nested = changed(
        "consumers",
        [{**consumer, **GOOD_SECRETS, "keyauth_credentials": [key], "acls": [group]}],
    )
    flat = {
        "_format_version": "3.0",
        "services": [{"name": "users", "host": "127.0.0.1", "port": 9001, "path": "/srv"}],
        "routes": [
            {**GOOD["services"][0]["routes"][0], "service": "users"},
            GOOD["routes"][0],
        ],
        "consumers": [consumer],
        "jwt_secrets": [{"consumer": {"username": "acme"}, "key": "k", "secret": "s"}],
        "keyauth_credentials": [{**key, "consumer": {"id": "acme-id"}}],
        "acls": [{**group, "consumer": "acme"}],
        "plugins": [*GOOD["plugins"], {**GOOD["services"][0]["plugins"][0], "service": "users"}],
    }
    nested, flattened = read(nested), read(flat)
    assert set(nested.services) == set(flattened.services)
    assert set(nested.routes) == set(flattened.routes)
    assert set(nested.consumers) == set(flattened.consumers)
    assert {p.id for p in nested.plugins} == {p.id for p in flattened.plugins}
    (acme,) = nested.consumers
    assert acme.groups == ("gold",)
    assert acme.keyauth_credentials[0].identifier == "key-id"
    assert acme.jwt_secrets[0].identifier == "k"


def test_what_stands_inside_comes_before_what_stands_at_top_level():
    document = changed("consumers/0/acls", [{"group": "inner"}])
    document["acls"] = [{"group": "outer", "consumer": "acme"}]
    assert read(document).consumers[0].groups == ("inner", "outer")


def test_no_complaint_shows_a_key_or_a_secret():
    document = changed("consumers/0/keyauth_credentials", [{"key": "hunter2"}, {"key": "hunter2"}])
    document["consumers"][0]["jwt_secrets"] = [
        {"key": "a", "secret": "hunter2\n"},
        {"key": "b", "secret": ["hunter2"]},
    ]
    found = problems(document)
    assert [problem.split()[0] for problem in found] == [
        "/consumers/0/jwt_secrets/0/secret",
        "/consumers/0/jwt_secrets/1/secret",
        "/consumers/0/keyauth_credentials/1/key",
    ]
    assert "is already declared at /consumers/0/keyauth_credentials/0/key" in found[2]
    assert "hunter2" not in " ".join(found)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("services/0/routes/0/paths/0", "orders", '/services/0/routes/0/paths/0 must start with "/", found "orders"'),
        ("services/0/routes/0/paths/0", "/a//b", "must not have empty segments"),
        ("services/0/routes/0/paths/0", "~/a", "is a regex, which is not in this version"),
        ("services/0/routes/0/paths/0", "/a/../b", 'must be written as "/b"'),
        ("services/0/routes/0/hosts/0", "a.*.test", "may be a wildcard in its first or last label only"),
        ("services/0/routes/0/methods/0", "get", "must be in capital letters"),
        ("services/0/routes/0/bogus", 1, "/services/0/routes/0/bogus unknown field"),
        ("services/0/routes/0/strip_path", "yes", '/services/0/routes/0/strip_path must be true or false, found "yes"'),
        ("services/0/routes/0/protocols", ["grpc"], "/services/0/routes/0/protocols is not in this version"),
        ("services/0/url", "ftp://x", "must be like http://host:port/path"),
        ("services/0/url", "http://x:99999", "must be a URL"),
        ("services/0/url", "http://127.0.0.1:8000", "points at this gateway itself"),
        ("services/0/url", "http://LOCALHOST:8000/x", "points at this gateway itself"),
        ("services/0/host", "x", "/services/0/host and url exclude each other"),
        ("services/0/retries", -1, "/services/0/retries must be a whole number from 0"),
        ("services/0/retries", True, "found true"),
        ("services/0/name", "a b", "may hold letters"),
        ("services/0/name", "a\nb", "must not contain control characters"),
        ("services/0/plugins/0/name", "basic-auth", "must be a plugin of this gateway (correlation-id, cors, jwt, key-auth, "),
        ("services/0/plugins/0/config/anonymous", "x", "/services/0/plugins/0/config/anonymous is not in this version"),
        ("services/0/plugins/0/config/claims_to_verify/0", "aud", "/services/0/plugins/0/config/claims_to_verify/0 must be exp or nbf"),
        ("services/0/plugins/0/config/secret", "x", "/services/0/plugins/0/config/secret unknown field"),
        ("services/0/plugins/0/consumer", "acme", "jwt cannot be scoped to a consumer"),
        ("routes/0/service", "ghost", '/routes/0/service names no service of this document, found "ghost"'),
        ("plugins/0/consumer", "ghost", '/plugins/0/consumer names no consumer of this document, found "ghost"'),
        ("plugins/0/config", {}, "must have at least one of second, minute, hour, day"),
        ("plugins/0/config", {"second": 5, "minute": 4}, "/plugins/0/config/minute must not be lower than second (5), found 4"),
        ("plugins/0/config", {"minute": 0}, "/plugins/0/config/minute must be a whole number from 1"),
        ("plugins/0/config", {"minute": 1, "policy": "cluster"}, "must be one of local, redis"),
        ("plugins/0/config", {"minute": 1, "policy": "redis"}, "/plugins/0/config/redis is required"),
        ("plugins/0/config", {"minute": 1, "policy": "redis", "redis": {"port": 1}}, "/plugins/0/config/redis/host is required"),
        ("plugins/0/config", [], "/plugins/0/config must be an object, found a list"),
        ("consumers/0/jwt_secrets/0/algorithm", "none", "must be one of HS256"),
        ("consumers/0/jwt_secrets/0/algorithm", "RS256", "rsa_public_key is required for RS256"),
        ("consumers/0/jwt_secrets/0/key", 5, "/consumers/0/jwt_secrets/0/key must be a text, found 5"),
        ("consumers/0/basicauth_credentials", [{"username": "g"}], "/consumers/0/basicauth_credentials is not in this version"),
        ("consumers/0/acls", [{"group": "a,b"}], "/consumers/0/acls/0/group must not contain a comma"),
        ("consumers/0/acls", [{}], "/consumers/0/acls/0/group is required"),
        ("consumers/0/acls", [{"group": "a"}, {"group": "a"}], '/consumers/0/acls/1/group "a" is already declared at /consumers/0/acls/0/group'),
        ("consumers/0/keyauth_credentials", [{}], "/consumers/0/keyauth_credentials/0/key is required"),
        ("consumers/0/keyauth_credentials", [{"key": 5}], "/consumers/0/keyauth_credentials/0/key must be a text"),
        ("consumers/0/keyauth_credentials", [{"key": "k", "ttl": 5}], "/consumers/0/keyauth_credentials/0/ttl is not in this version"),
        ("consumers/0/keyauth_credentials", [{"key": "k", "consumer": "acme"}], "/consumers/0/keyauth_credentials/0/consumer is not in this version"),
        ("consumers/0/keyauth_credentials", "k", "/consumers/0/keyauth_credentials must be a list"),
        ("keyauth_credentials", [{"key": "x"}], "/keyauth_credentials/0/consumer is required"),
        ("keyauth_credentials", [{"key": "x", "consumer": "ghost"}], '/keyauth_credentials/0/consumer names no consumer of this document, found "ghost"'),
        ("keyauth_credentials", [{"key": "x", "consumer": {"id": "ghost"}}], "names no consumer"),
        ("acls", [{"group": "g", "consumer": ["acme"]}], "/acls/0/consumer must be a name or"),
        ("_info", {"defaults": {"service": {"retries": 1}}}, "/_info/defaults is not in this version"),
        ("services/0/plugins/0/ordering", {}, "/services/0/plugins/0/ordering is not in this version"),
        ("services/0/plugins/0/protocols", ["https"], "/services/0/plugins/0/protocols is not in this version unless"),
        ("services/0/plugins/0/service", "other", "/services/0/plugins/0/service is given by the place where the plugin stands"),
        ("routes/0/service", 5, "/routes/0/service must be a name or"),
        ("services/0/routes/0/service", "users", "/services/0/routes/0/service is not in this version"),
        ("services/0/id", "a b", "/services/0/id must be an id such as a UUID"),
        ("consumers/0", "acme", '/consumers/0 must be an object, found "acme"'),
        ("_format_version", 3.0, '/_format_version must be "3.0", found 3.0'),
        ("upstreams", [], "/upstreams unknown field"),
        ("services", {}, "/services must be a list, found an object"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_with_its_place(path, value, expected):
    found = problems(changed(path, value))
    assert any(expected in problem for problem in found), found


def test_all_mistakes_come_at_once():
    document = changed("services/0/url", "nope")
    document["routes"][0]["paths"] = ["x"]
    document["consumers"][0]["bogus"] = 1
    assert [problem.split()[0] for problem in problems(document)] == [
        "/services/0/url",
        "/consumers/0/bogus",
        "/routes/0/paths/0",
    ]


def test_what_must_be_unique():
    document = copy.deepcopy(GOOD)
    document["services"].append({"name": "users", "url": "http://x"})
    document["routes"].append({"name": "login", "paths": ["/y"]})
    document["consumers"].append(
        {"username": "other", "jwt_secrets": [{"key": "k", "secret": "z"}]}
    )
    document["services"][0]["plugins"].append({"name": "jwt"})
    found = problems(document)
    assert '/services/1/name "users" is already declared at /services/0/name' in found
    assert (
        '/consumers/1/jwt_secrets/0/key "k" is already declared at /consumers/0/jwt_secrets/0/key'
        in found
    )
    assert '/routes/1/name "login" is already declared at /routes/0/name' in found
    assert any("another jwt plugin with the same scope" in problem for problem in found)
    assert len(found) == 4


def test_neutral_fields_and_exports_of_kongs_tools_are_accepted():
    document = changed("_info", {"defaults": {}})
    document |= {"_comment": "x", "_transform": False}
    document["services"][0] |= {
        "tags": ["a"],
        "created_at": 1,
        "updated_at": 2,
        "enabled": True,
        "ca_certificates": None,
    }
    document["services"][0]["routes"][0] |= {
        "protocols": ["http", "https"],
        "path_handling": "v0",
        "regex_priority": 0,
        "https_redirect_status_code": 426,
        "snis": None,
    }
    assert read(document)


def test_what_is_disabled_is_not_there():
    assert read(changed("services/0/enabled", False)).routes == ()
    assert len(read(changed("services/0/plugins/0/enabled", False)).plugins) == 1
    assert {p.name for p in read(changed("services/0/enabled", False)).plugins} == {"rate-limiting"}


def test_a_jwt_plugin_that_does_not_name_exp_is_warned_about():
    (warning,) = read(changed("services/0/plugins/0/config", {})).warnings
    assert warning.startswith("/services/0/plugins/0/config/claims_to_verify does not name exp")
    assert read(GOOD).warnings == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3)
    ),
    max_leaves=8,
)
PLACES = [
    "_format_version",
    "services",
    "services/0",
    "services/0/url",
    "services/0/routes/0",
    "services/0/routes/0/paths",
    "services/0/routes/0/headers",
    "services/0/plugins/0/config",
    "services/0/plugins/0/name",
    "routes/0/service",
    "consumers/0/jwt_secrets",
    "consumers/0/username",
    "plugins/0/config",
    "plugins/0/consumer",
    "jwt_secrets",
    "keyauth_credentials",
    "acls",
    "_info",
    "services/0/plugins",
    "services/0/plugins/0/protocols",
]


def found_in(document):
    """The problems of a document, none when it is accepted."""
    try:
        read(document)
    except DocumentRefused as refused:
        return refused.problems
    return []


@given(st.sampled_from(PLACES), JSON)
def test_no_document_ever_breaks_the_reader(path, value):
    for problem in found_in(changed(path, value)):
        assert problem.pointer == "" or problem.pointer[0] == "/"
        assert len(str(problem).splitlines()) == 1


def test_reading_in_slices_is_the_same_and_lets_others_work():
    many = {
        **GOOD,
        "consumers": [
            {"username": f"c{n}", "keyauth_credentials": [{"key": f"key-{n}"}]} for n in range(2000)
        ]
        + GOOD["consumers"],
    }

    async def scenario():
        turns = 0

        async def other():
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        task = asyncio.create_task(other())
        snapshot = await read_in_slices(many, SURROUNDINGS)
        task.cancel()
        return snapshot, turns

    snapshot, turns = asyncio.run(scenario())
    assert snapshot == read(many)
    assert turns > 3


NESTED = []
NESTED.append(NESTED)


@pytest.mark.parametrize(
    "place", ["consumers", "services", "plugins", "acls", "_info", "_format_version"]
)
def test_what_contains_itself_is_refused(place):
    with pytest.raises(DocumentRefused):
        asyncio.run(read_in_slices(changed(place, NESTED), SURROUNDINGS))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (GOOD, []),
        ({"jwt_secrets": [{"algorithm": "RS256"}, {"algorithm": "HS256"}, 5]}, ["RS256"]),
        ({"consumers": [{"jwt_secrets": [{"algorithm": "ES256"}]}, {"jwt_secrets": 5}]}, ["ES256"]),
        ({"consumers": {"jwt_secrets": None}}, []),
        (None, []),
        ({"consumers": NESTED, "jwt_secrets": NESTED}, []),
    ],
)
def test_public_keys_are_seen_before_anything_is_checked(raw, expected):
    assert list(named_algorithms(raw)) == expected


def test_a_document_with_a_public_key_is_read_in_slices():
    document = changed("consumers/0/jwt_secrets/0", {"key": "k", "algorithm": "RS256", "rsa_public_key": "x"})  # fmt: skip
    with pytest.raises(DocumentRefused, match="must be a public key in PEM for RS256"):
        asyncio.run(read_in_slices(document, SURROUNDINGS))


def test_reading_in_slices_refuses_the_same():
    document = changed("services/0/url", "nope")
    with pytest.raises(DocumentRefused) as refused:
        asyncio.run(read_in_slices(document, SURROUNDINGS))
    assert [str(problem) for problem in refused.value.problems] == problems(document)


def test_an_export_of_kongs_own_tools_is_read():
    snapshot = read(yaml.safe_load(EXPORT))
    (service,), (route,), (consumer,) = snapshot.services, snapshot.routes, snapshot.consumers
    assert (service.id, route.id) == (
        "5bf0ea7b-0e4f-4e1c-8a0c-6b0a3c9f6c11",
        "8d4fe1f0-46b0-4f70-8b4c-5f0b3f0f1b22",
    )
    assert consumer.groups == ("gold",)
    assert consumer.keyauth_credentials[0].id == "c5b1d9f0-5b3d-4f4e-9e58-5a5a0e7c7d55"
    assert sorted(plugin.name for plugin in snapshot.plugins) == sorted(KINDS)
    assert snapshot.warnings == ()


# As `deck gateway dump --with-id` writes it: every default spelled out, every absence a null.
EXPORT = (Path(__file__).parent / "export.yaml").read_text()


@given(JSON)
def test_anything_may_be_offered_as_a_document(value):
    assert found_in(value)
