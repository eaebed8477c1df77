"""Plugins in a document: their kind, their scope, their config."""

import pytest

from gateway.document.draft import Draft, PendingPlugin, Surroundings
from gateway.document.entities import Consumer, Route, Scope, Service
from gateway.document.fields import Fields
from gateway.document.plugins import PluginKind
from gateway.document.scoping import read_plugin

SERVICE = Service("s1", "users", "http", "h", 80, "/", 1, 1, 1, 0)
ROUTE = Route("r1", "list", ("/",), frozenset(), frozenset(), (), True, False, SERVICE)
CONSUMER = Consumer("c1", "acme", None, None, None, ())
KINDS = {
    "plain": PluginKind("plain", lambda fields: fields.text("word")),
    "personal": PluginKind(
        "personal",
        lambda fields: fields.text("word"),
        per_consumer=True,
        warn=lambda word: [("word", "is odd")] if word == "odd" else [],
        needs_redis=lambda word: word == "redis",
    ),
}


def read(raw, has_redis=False, **pending):
    draft = Draft(Surroundings(KINDS, has_redis=has_redis))
    draft.services |= {"s1": SERVICE, "users": SERVICE, "off": None}
    draft.routes |= {"r1": ROUTE, "list": ROUTE}
    draft.consumers |= {"c1": CONSUMER, "acme": CONSUMER}
    read_plugin(PendingPlugin(Fields(raw, "/p", draft.problems), **pending), draft)
    return draft


def said(draft):
    return [str(problem) for problem in draft.problems]


@pytest.mark.parametrize(
    ("raw", "pending", "scope"),
    [
        ({}, {}, Scope()),
        ({"service": "users"}, {}, Scope(service_id="s1")),
        ({"service": {"id": "s1"}, "consumer": {"username": "acme"}}, {}, Scope(None, "s1", "c1")),
        ({"consumer": "acme"}, {"route": "r1"}, Scope("r1", None, "c1")),
        ({"route": "list"}, {}, Scope("r1")),
        ({"service": "s1"}, {"service": "s1"}, Scope(None, "s1")),
    ],
)
def test_scopes(raw, pending, scope):
    draft = read({"name": "personal", **raw}, **pending)
    assert said(draft) == []
    (plugin,) = draft.plugins
    assert (plugin.name, plugin.scope, plugin.config) == ("personal", scope, None)


@pytest.mark.parametrize(
    ("raw", "pending"),
    [
        ({"enabled": False}, {}),
        ({}, {"enabled": False}),
        ({"service": "off"}, {}),
    ],
)
def test_what_is_disabled_is_checked_and_left_out(raw, pending):
    draft = read({"name": "plain", **raw}, **pending)
    assert (said(draft), draft.plugins) == ([], [])
    assert said(read({"name": "plain", "config": {"word": 5}, **raw}, **pending))


@pytest.mark.parametrize(
    ("raw", "pending", "expected"),
    [
        ({}, {}, "/p/name is required"),
        ({"name": "nope"}, {}, '/p/name must be a plugin of this gateway (plain, personal), found "nope"'),
        ({"name": "plain", "consumer": "acme"}, {}, "/p/consumer plain cannot be scoped to a consumer"),
        ({"name": "plain", "route": "ghost"}, {}, '/p/route names no route of this document, found "ghost"'),
        ({"name": "plain", "service": "users"}, {"service": "other"}, "/p/service is given by the place"),
        ({"name": "plain", "config": 5}, {}, "/p/config must be an object, found 5"),
        ({"name": "plain", "config": {"more": 5}}, {}, "/p/config/more unknown field"),
        ({"name": "plain", "instance_name": "x"}, {}, "/p/instance_name is not in this version"),
        ({"name": "plain", "bogus": 1}, {}, "/p/bogus unknown field"),
        ({"name": "personal", "config": {"word": "redis"}}, {}, "/p/config/redis is required: this gateway has no Redis"),
    ],
)  # fmt: skip
def test_mistakes_have_their_places(raw, pending, expected):
    assert any(expected in problem for problem in said(read(raw, **pending)))


def test_the_gateways_own_redis_will_do():
    assert said(read({"name": "personal", "config": {"word": "redis"}}, has_redis=True)) == []


def test_warnings_have_their_places():
    draft = read({"name": "personal", "config": {"word": "odd"}})
    assert draft.warnings == ["/p/config/word is odd"]


def test_one_plugin_of_a_kind_in_each_place():
    draft = read({"name": "plain", "service": "users"})
    read_plugin(PendingPlugin(Fields({"name": "plain"}, "/q", draft.problems)), draft)
    assert said(draft) == []
    again = Fields({"name": "plain", "service": {"id": "s1"}}, "/r", draft.problems)
    read_plugin(PendingPlugin(again), draft)
    assert said(draft) == [
        "/r/name there is another plain plugin with the same scope at /p/name",
    ]
