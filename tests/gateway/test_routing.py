"""Routes and paths: Kong's table where we follow it, segments where we do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.document.entities import Route
from gateway.routing import Match, Router, normalise, upstream_path


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


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("/users//1", "/users/1"),
        ("//users//", "/users/"),
        ("/users/../orders/1", "/orders/1"),
        ("/users/%2e%2e/orders/1", "/orders/1"),
        ("/users/%2E%2e/orders", "/orders"),
        ("/us%65rs/a%2fb", "/users/a%2Fb"),
        ("/users/a%20b", "/users/a%20b"),
        ("/users/%c3%a9", "/users/%C3%A9"),
        ("/users/a+b", "/users/a+b"),
        ("/users/./x", "/users/x"),
        ("/users/..", "/"),
        ("/users/x/..", "/users/"),
        ("/users/.", "/users/"),
        ("/../..", "/"),
        ("/users..", "/users.."),
        ("/users/..%2Forders", "/users/..%2Forders"),
        ("/users/%252e%252e/x", "/users/%252e%252e/x"),
        ("/%zz", "/%zz"),
        ("/", "/"),
    ],
)
def test_normalised_paths(raw, expected):
    assert normalise(raw) == expected


PATHS = st.text("abX/.%2eEfF5C~;", max_size=30).map(lambda text: "/" + text)


@given(PATHS)
def test_a_normalised_path_is_stable_and_has_no_tricks(path):
    once = normalise(path)
    assert normalise(once) == once or "%25" in path or "%" in once
    assert once.startswith("/")
    assert "//" not in once
    assert not {".", ".."} & set(once.split("/"))


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
        sent = upstream_path(Match(taken, prefix), path, service)
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
    assert upstream_path(Match(route("r", prefix, strip=strip), prefix), path, service) == expected
