"""Entities as Kong's Admin API shows them."""

import pytest

from gateway.admin.entities import collection
from gateway.document.reading import Surroundings, read_snapshot
from gateway.policies.order import KINDS

DOCUMENT = {
    "_format_version": "3.0",
    "services": [
        {
            "name": "users",
            "id": "11111111-1111-4111-8111-111111111111",
            "url": "http://u.test:8080/base",
            "routes": [
                {"name": "all", "paths": ["/users"], "methods": ["GET"], "headers": {"x-a": ["1"]}}
            ],
            "plugins": [{"name": "aws-lambda", "config": {
                "aws_key": "AK", "aws_secret": "very secret", "aws_region": "eu-west-1",
                "function_name": "f"}}],
        }
    ],
    "routes": [{"name": "bare", "paths": ["/bare"]}],
    "consumers": [{"username": "acme", "jwt_secrets": [{"key": "k", "secret": "s"}]}],
}  # fmt: skip
SNAPSHOT = read_snapshot(DOCUMENT, Surroundings(KINDS))


def shown(path):
    return collection(SNAPSHOT, path.split("/"))


def test_services_routes_and_plugins_are_listed():
    (service,) = shown("services")["data"]
    assert (service["host"], service["port"], service["path"]) == ("u.test", 8080, "/base")
    routes = {route["name"]: route for route in shown("routes")["data"]}
    assert routes["all"]["service"] == {"id": service["id"]}
    assert routes["all"]["headers"] == {"x-a": ["1"]}
    assert routes["bare"]["service"] is None
    (plugin,) = shown("plugins")["data"]
    assert plugin["name"] == "aws-lambda"
    assert plugin["service"] == {"id": service["id"]}
    assert "very secret" not in str(plugin)


def test_entities_are_found_by_name_and_id():
    for kind, name in (("services", "users"), ("routes", "bare"), ("consumers", "acme")):
        entity = shown(f"{kind}/{name}")
        assert entity == shown(f"{kind}/{entity['id']}")
    (plugin,) = shown("plugins")["data"]
    assert shown(f"plugins/{plugin['id']}") == plugin


def test_the_key_of_a_consumer_is_shown():
    (credential,) = shown("consumers/acme/jwt")["data"]
    assert (credential["key"], credential["secret"]) == ("k", "s")
    assert credential["consumer"]["id"] == shown("consumers/acme")["id"]


@pytest.mark.parametrize(
    "path",
    ["nope", "services/nope", "plugins/aws-lambda", "services/users/jwt", "consumers/acme/jwt/x",
     "consumers/acme/acls", "consumers/"],
)  # fmt: skip
def test_what_is_not_there_is_none(path):
    assert shown(path) is None
