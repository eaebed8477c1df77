"""Which route is taken: Kong's table where we follow it, segments where we do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.document.entities import Route
from gateway.paths import normalise
from gateway.routing import Router, upstream_path, wildcards


def route(name, *paths, methods=(), hosts=(), headers=(), strip=True):
    return Route(
        name,
        name,
        paths,
        frozenset(methods),
        frozenset(hosts),
        tuple((header, frozenset({value})) for header, value in headers),
        strip,
        False,
        None,
    )


def found(routes, path, method="GET", host="a.test", **headers):
    match = Router(routes).find(
        method, host, path, lambda name: [headers[name]] if name in headers else []
    )
    return match.route.name if match else None


USERS = route("users", "/users")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/users", "users"),
        ("/users/", "users"),
        ("/users/1", "users"),
        ("/usersX", None),
        ("/Users", None),
        ("/user", None),
        ("/", None),
        ("/users;v=1", None),
    ],
)
def test_a_prefix_ends_at_a_segment(path, expected):
    assert found([USERS], path) == expected


def test_a_path_with_a_final_slash_wants_it():
    slash = route("slash", "/slash/")
    assert [found([slash], path) for path in ("/slash", "/slash/", "/slash/1")] == [
        None,
        "slash",
        "slash",
    ]


def test_the_longest_path_wins():
    routes = [route("root", "/"), USERS, route("special", "/users/special")]
    assert found(routes, "/users/special/x") == "special"
    assert found(routes, "/users/specialX") == "users"
    assert found(routes, "/x") == "root"


def test_more_kinds_of_attributes_win_over_a_longer_path():
    routes = [route("get", "/", methods=["GET"]), USERS]
    assert found(routes, "/users/1") == "get"
    assert found(routes, "/users/1", "POST") == "users"


def test_a_wrong_method_is_no_route():
    assert found([route("get", "/users", methods=["GET"])], "/users", "HEAD") is None


def test_hosts_and_headers():
    routes = [
        USERS,
        route("host", "/users", hosts=["b.test"]),
        route("header", "/users", headers=[("x-v", "two")]),
    ]
    assert found(routes, "/users", host="b.test") == "host"
    assert found(routes, "/users", **{"x-v": "TWO"}) == "header"
    assert found(routes, "/users", **{"x-v": "one"}) == "users"


def test_a_route_without_paths_matches_every_path():
    assert found([route("any", hosts=["a.test"])], "/what/ever") == "any"


def test_the_first_of_equals_wins():
    assert found([route("one", "/x"), route("two", "/x")], "/x") == "one"


def test_hosts_may_be_wildcards_at_one_end():
    routes = [
        route("plain", "/"),
        route("sub", "/", hosts=["*.w.test"]),
        route("any", "/", hosts=["w.*"]),
        route("exact", "/", hosts=["a.w.test"]),
    ]
    hosts = ["a.w.test", "b.w.test", "c.b.w.test", "w.test", "xw.test", ".w.test", "w.a.b", "w", ""]
    assert [found(routes, "/x", host=host) for host in hosts] == [
        "exact",
        "sub",
        "sub",
        "any",
        "plain",
        "plain",
        "any",
        "plain",
        "plain",
    ]


def test_an_exact_host_beats_a_wildcard_with_a_longer_path():
    routes = [
        route("wild", "/users/special", hosts=["*.test"]),
        route("exact", "/users", hosts=["a.test"]),
    ]
    assert found(routes, "/users/special") == "exact"


LABELS = st.lists(st.text("ab", min_size=1, max_size=3), min_size=1, max_size=4)


@given(LABELS, LABELS)
def test_a_wildcard_stands_for_whole_labels(labels, declared):
    host = ".".join(labels)
    leading, trailing = "*." + ".".join(declared), ".".join(declared) + ".*"
    matches = set(wildcards(host))
    assert (leading in matches) == (
        len(labels) > len(declared) and labels[-len(declared) :] == declared
    )
    assert (trailing in matches) == (
        len(labels) > len(declared) and labels[: len(declared)] == declared
    )


PATHS = st.text("abX/.%2eEfF5C~;", max_size=30).map(lambda text: "/" + text)


@given(PATHS, st.sampled_from(["/a", "/a/b", "/a/", "/"]))
def test_what_matches_lies_below_its_prefix(path, prefix):
    path = normalise(path)
    if found([route("r", prefix)], path):
        assert path == prefix or path.startswith(prefix.rstrip("/") + "/")


@given(PATHS, st.sampled_from(["/a", "/a/b", "/"]), st.sampled_from(["/", "/srv", "/srv/"]))
def test_what_is_sent_lies_below_the_services_path(path, prefix, service):
    path = normalise(path)
    taken = route("r", prefix)
    if found([taken], path):
        sent = upstream_path(prefix, path, service)
        assert sent.startswith(service)
        assert "//" not in sent


@pytest.mark.parametrize(
    ("prefix", "path", "service", "strip", "expected"),
    [
        ("/users", "/users", "/", True, "/"),
        ("/users", "/users/", "/", True, "/"),
        ("/users", "/users/1", "/", True, "/1"),
        ("/pre", "/pre", "/srv", True, "/srv"),
        ("/pre", "/pre/", "/srv", True, "/srv/"),
        ("/pre", "/pre/1", "/srv", True, "/srv/1"),
        ("/slash/", "/slash/1", "/srv", True, "/srv/1"),
        ("/", "/x", "/", True, "/x"),
        ("/keep", "/keep", "/srv", False, "/srv/keep"),
        ("/keep", "/keep/1", "/srv", False, "/srv/keep/1"),
        ("", "/x/y", "/srv", True, "/srv/x/y"),
    ],
)
def test_upstream_paths(prefix, path, service, strip, expected):
    assert upstream_path(prefix if strip else "", path, service) == expected
