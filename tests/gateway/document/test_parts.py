"""Services, routes and consumers: Kong's fields and defaults, and what is wrong with each."""

import pytest

from gateway.document import parts
from gateway.document.fields import Fields


def read(reader, *more, **raw):
    problems = []
    fields = Fields(raw, "", problems)
    found = reader(fields, *more)
    fields.ignore("enabled", "routes", "plugins", "service")
    fields.finish()
    return found, [str(problem) for problem in problems]


def service(**raw):
    return read(parts.service, (("127.0.0.1", 8000),), **raw)


def route(**raw):
    return read(parts.route, **{"paths": ["/a"], **raw})


def consumer(**raw):
    return read(parts.consumer, **raw)


ADDRESS = {"protocol": "http", "host": "h", "port": 80, "path": "/"}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"url": "http://h"}, ADDRESS),
        ({"url": "https://H:8443/x"}, {"protocol": "https", "host": "h", "port": 8443, "path": "/x"}),
        ({"url": "https://h"}, {**ADDRESS, "protocol": "https", "port": 443}),
        ({"url": "http://[::1]:7"}, {**ADDRESS, "host": "::1", "port": 7}),
        ({"host": "H"}, ADDRESS),
        ({"host": "h", "protocol": "https"}, {**ADDRESS, "protocol": "https", "port": 443}),
        ({"host": "::1", "port": 7, "path": "/x"}, {**ADDRESS, "host": "::1", "port": 7, "path": "/x"}),
    ],
)  # fmt: skip
def test_addresses_of_services(raw, expected):
    found, problems = service(**raw)
    assert problems == []
    assert {name: found[name] for name in expected} == expected


def test_defaults_of_services_are_kongs():
    found, _ = service(url="http://h", name=None)
    assert {
        name: found[name]
        for name in ("name", "connect_timeout_ms", "read_timeout_ms", "write_timeout_ms", "retries")
    } == {
        "name": None,
        "connect_timeout_ms": 60000,
        "read_timeout_ms": 60000,
        "write_timeout_ms": 60000,
        "retries": 5,
    }


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({}, "/host is required"),
        ({"host": "a b"}, "/host must be a host name or an address"),
        ({"host": "h", "path": "x"}, '/path must start with "/"'),
        ({"host": "h", "protocol": "tcp"}, "/protocol must be one of http, https"),
        ({"url": "h:80"}, "/url must be like http://host:port/path"),
        ({"url": "http://"}, "/url must be like"),
        ({"url": "http://a b"}, "/url must be like"),
        ({"url": "http://h:x"}, "/url must be a URL"),
        ({"url": "http://h?x"}, "/url must not hold a query"),
        ({"url": "http://u:p@h"}, "/url must not hold a query, a fragment or credentials"),
        ({"url": "http://h/a//b"}, "/url must not have empty segments"),
        ({"url": "http://h", "port": 1}, "/port and url exclude each other"),
        ({"url": "http://127.0.0.1:8000"}, "/url points at this gateway itself"),
        ({"host": "127.0.0.1", "port": 8000}, "/host points at this gateway itself"),
        ({"host": "h", "tls_verify": False}, "/tls_verify is not in this version"),
        ({"host": "h", "client_certificate": {}}, "/client_certificate is not in this version"),
        ({"host": "h", "connect_timeout": 0}, "/connect_timeout must be a whole number"),
        ({"host": "h", "id": "a/b"}, "/id must be an id"),
        ({"host": "h", "tags": "x"}, "/tags must be a list of texts"),
    ],
)
def test_mistakes_in_services(raw, expected):
    problems = service(**raw)[1]
    assert any(problem.startswith(expected) for problem in problems), problems


def test_routes():
    found, problems = route(
        name="r",
        paths=["/a", "/a", "/"],
        methods=["GET"],
        hosts=["A.test.", "*.test"][:1],
        headers={"X-V": ["One", "two"], "a": ["b"]},
        strip_path=False,
        preserve_host=True,
    )
    assert problems == []
    assert found == {
        "name": "r",
        "paths": ("/a", "/"),
        "methods": {"GET"},
        "hosts": {"a.test"},
        "headers": (("a", frozenset({"b"})), ("x-v", frozenset({"one", "two"}))),
        "strip_path": False,
        "preserve_host": True,
    }
    found, _ = route()
    assert (found["strip_path"], found["preserve_host"]) == (True, False)


@pytest.mark.parametrize(
    "protocols", [None, ["http"], ["https", "http"], ["grpc", "grpcs", "http", "https"]]
)
def test_protocols_that_hold_plain_http(protocols):
    assert route(protocols=protocols)[1] == []


@pytest.mark.parametrize("protocols", ["http", [], ["https"], ["http", "gopher"], ["http", 5]])
def test_protocols_that_would_never_match(protocols):
    assert route(protocols=protocols)[1][0].startswith("/protocols is not in this version unless")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"paths": ["a"]}, '/paths/0 must start with "/"'),
        ({"paths": ["~/a"]}, "/paths/0 is a regex"),
        ({"paths": ["/a//b"]}, "/paths/0 must not have empty segments"),
        ({"paths": ["/a b"]}, "/paths/0 must be a percent-encoded path"),
        ({"paths": ["/é"]}, "/paths/0 must be a percent-encoded path"),
        ({"paths": ["/a?b"]}, "/paths/0 must be a percent-encoded path"),
        ({"paths": ["/%61"]}, '/paths/0 must be written as "/a"'),
        ({"methods": ["get"]}, "/methods/0 must be in capital letters"),
        ({"hosts": ["a.*.b"]}, "/hosts/0 may be a wildcard in its first or last label only"),
        ({"hosts": ["a:80"]}, "/hosts/0 must be a host name without port"),
        (
            {"headers": {"Host": ["a"]}},
            "/headers/Host must be the name of a header other than Host",
        ),
        ({"headers": {"a b": ["a"]}}, "/headers/a b must be the name"),
        ({"headers": {"a": []}}, "/headers/a must have at least one value"),
        ({"headers": {"a": ["~*x"]}}, "/headers/a is a regex"),
        ({"paths": []}, "/ must have at least one of paths, methods, hosts, headers"),
        ({"snis": ["a"]}, "/snis is not in this version"),
        ({"regex_priority": 5}, "/regex_priority is not in this version"),
        ({"path_handling": "v1"}, "/path_handling is not in this version"),
        ({"request_buffering": False}, "/request_buffering is not in this version"),
        ({"https_redirect_status_code": 301}, "/https_redirect_status_code is not in this version"),
        ({"name": "a b"}, "/name may hold letters, digits"),
    ],
)
def test_mistakes_in_routes(raw, expected):
    problems = route(**raw)[1]
    assert any(problem.startswith(expected) for problem in problems), problems


def test_consumers():
    found, problems = consumer(username="a", custom_id="b", tags=["t"], created_at=5)
    assert problems == []
    assert found == {"username": "a", "custom_id": "b", "tags": ("t",), "created_at": 5}
    assert consumer(custom_id="b")[0]["tags"] is None
    assert consumer()[1] == ["/ must have a username or a custom_id"]
    assert "/groups is not in this version" in consumer(username="a", groups=[1])[1][0]
