"""The key-auth plugin: Kong's answers, and a key that leaves no trace when it is hidden."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.document.entities import Consumer, KeyCredential
from gateway.policies import key_auth
from gateway.policies.keys import Keys

ACME = Consumer(
    "c1", "acme", None, None, None, (), (KeyCredential("id-1", "s3cret/+ key", None, None),)
)
KEYS = Keys([ACME])


@pytest.fixture
def ask(unit):
    """The refusal, and the exchange it was about."""

    def asked(target="/users", headers=(), method="GET", **config):
        policy = key_auth.KeyAuth(unit.config(key_auth.KIND, **config), KEYS)
        exchange = unit.exchange(method, target, list(headers))
        return unit.run(policy, exchange), exchange

    return asked


def told(refusal):
    return refusal.status, refusal.message, dict(refusal.headers)[b"WWW-Authenticate"]


GOOD = "s3cret%2F%2B+key"


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("/users", [("apikey", "s3cret/+ key")]),
        ("/users", [("ApiKey", "s3cret/+ key")]),
        (f"/users?apikey={GOOD}", []),
        (f"/users?%61pikey={GOOD}", []),
        ("/users?a=1&apikey=s3cret/%2b%20key&b", []),
        ("/users?apikey=wrong", [("apikey", "s3cret/+ key")]),
        (f"/users?apikey&apikey={GOOD}", []),
    ],
)
def test_a_right_key_names_its_consumer(ask, target, headers):
    refusal, exchange = ask(target, headers)
    assert refusal is None
    assert (exchange.consumer, exchange.credential.identifier) == (ACME, "id-1")


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("/users", []),
        ("/users", [("apikey", "")]),
        ("/users?apikey=", []),
        ("/users?apikey", []),
        (f"/users?apikey[]={GOOD}&apikey[1]={GOOD}", []),
        (f"/users?APIKEY={GOOD}", []),
        (f"/users?apikey={GOOD}", [("apikey", "")]),
        ("/users", [("X-Other", "s3cret/+ key")]),
    ],
)
def test_no_key_is_said_so(ask, target, headers):
    refusal, exchange = ask(target, headers)
    assert told(refusal) == (401, "No API key found in request", b"Key")
    assert exchange.consumer is None


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("/users", [("apikey", "guess")]),
        ("/users?apikey=guess", []),
        (f"/users?apikey={GOOD}", [("apikey", "guess")]),
        ("/users", [("apikey", "S3CRET/+ KEY")]),
    ],
)
def test_an_unknown_key_is_unauthorized(ask, target, headers):
    assert told(ask(target, headers)[0]) == (401, "Unauthorized", b"Key")


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        (f"/users?apikey={GOOD}&apikey={GOOD}", []),
        ("/users", [("apikey", "s3cret/+ key"), ("APIKEY", "s3cret/+ key")]),
        ("/users", [("apikey", "s3cret/+ key"), ("apikey", "other")]),
    ],
)
def test_a_key_sent_twice_is_refused(ask, target, headers):
    assert told(ask(target, headers)[0]) == (401, "Duplicate API key found", b"Key")


def test_names_are_tried_in_turn_and_the_first_that_is_there_counts(ask):
    names = ["x-key", "k"]
    assert ask("/users?k=s3cret/%2B%20key", key_names=names)[0] is None
    both = ask("/users?k=guess", [("X-Key", "s3cret/+ key")], key_names=names)
    assert both[0] is None
    other = ask("/users?x-key=guess", [("K", "s3cret/+ key")], key_names=names)
    assert other[0].message == "Unauthorized"


def test_places_can_be_switched_off(ask):
    in_header, in_query = [("apikey", "s3cret/+ key")], f"/users?apikey={GOOD}"
    assert ask("/users", in_header, key_in_query=False)[0] is None
    assert ask(in_query, key_in_query=False)[0].code == "no-api-key"
    assert ask(in_query, key_in_header=False)[0] is None
    assert ask("/users", in_header, key_in_header=False)[0].code == "no-api-key"


def test_the_realm_is_in_every_challenge(ask):
    for target in ("/users", "/users?apikey=no", "/users?apikey=a&apikey=b"):
        assert told(ask(target, realm="r")[0])[2] == b'Key realm="r"'


def test_a_preflight_is_asked_like_everybody_unless_told_otherwise(ask):
    assert ask(method="OPTIONS")[0].code == "no-api-key"
    assert ask(method="OPTIONS", run_on_preflight=False)[0] is None
    assert ask(method="GET", run_on_preflight=False)[0].code == "no-api-key"


def test_a_hidden_key_is_gone_in_every_spelling_and_the_rest_stays_byte_for_byte(ask):
    _, exchange = ask(
        "/users?a=%20x&%61pikey=s3cret/%2B+key&z=%41&z&=&&u=\xe9",
        [("Accept", "*/*"), ("APIKEY", "s3cret/+ key")],
        hide_credentials=True,
    )
    assert exchange.onward == [(b"Accept", b"*/*")]
    assert exchange.query == b"a=%20x&z=%41&z&=&&u=\xe9"
    _, exchange = ask(
        f"/users?x_key={GOOD}",
        [("x_key", "s3cret/+ key"), ("X-Key", "s3cret/+ key")],
        hide_credentials=True,
        key_names=["x_key", "x-key"],
    )
    assert (exchange.onward, exchange.query) == ([], None)


def test_a_key_that_is_not_hidden_travels_on(ask):
    _, exchange = ask(f"/users?apikey={GOOD}")
    assert exchange.query == f"apikey={GOOD}".encode()


def test_what_the_document_may_not_say(unit):
    problems = lambda **config: unit.problems(key_auth.KIND, **config)  # noqa: E731
    assert problems() == []
    assert problems(anonymous=None, key_in_body=False, realm=None) == []
    assert "/key_in_body is not in this version" in problems(key_in_body=True)[0]
    assert "/anonymous is not in this version" in problems(anonymous="x")[0]
    assert "/key_names must have at least one name" in problems(key_names=[])
    assert "/key_names/0 must be the name of a header" in problems(key_names=["a b"])[0]
    assert (
        "/key_names/1 X_Consumer_ID is the gateway's own"
        in problems(key_names=["a", "X_Consumer_ID"])[0]
    )
    assert "no key could be sent" in problems(key_in_header=False, key_in_query=False)[0]
    assert problems(realm='a"b') == ["/realm must be plain text without quotes"]


def test_parameters_that_carry_keys_are_known():
    config = key_auth.KeyAuthConfig(("k", "l"), True, True, False, True, None)
    assert list(key_auth.key_parameters([config, object()])) == ["k", "l"]


@given(st.lists(st.sampled_from(["a=1", "k=x", "%6b=y", "k", "b", "", "=", "kk=1", "a=%20"])))
def test_without_keeps_every_other_parameter_as_it_is(pairs):
    left = key_auth.without("&".join(pairs).encode(), frozenset({b"k"}))
    kept = [pair for pair in pairs if pair.partition("=")[0] not in ("k", "%6b")]
    assert left == ("&".join(kept).encode() if kept else (b"" if pairs == [] else None))


def test_over_the_wire_with_jwt_both_must_pass(world):
    """Then the key's owner is the caller, as in Kong."""

    async def scenario():
        async with world.upstream() as up:
            document = world.document(
                up.url,
                {"name": "jwt", "config": {"key_claim_name": "kid"}},
                {"name": "key-auth", "config": {"hide_credentials": True}},
            )
            document["consumers"].append(
                {"username": "bob", "keyauth_credentials": [{"key": "k", "id": "bobs-key"}]}
            )
            token = {"Authorization": f"Bearer {world.token({'kid': 'acme-key'})}"}
            async with world.gateway(document) as gw:
                only_key = await gw.get("/users", {"apikey": "k"})
                only_token = await gw.get("/users", token)
                both = await gw.get("/users?apikey=k&x=%20", token)
        assert (only_key.message, only_key["WWW-Authenticate"]) == ("Unauthorized", "Bearer")
        assert (only_token.message, only_token["WWW-Authenticate"]) == (
            "No API key found in request",
            "Key",
        )
        assert both.status == 200
        (arrival,) = up.arrivals
        assert arrival.path == "/?x=%20"
        assert arrival.values("X-Consumer-Username") == ["bob"]
        assert arrival.values("X-Credential-Identifier") == ["bobs-key"]

    asyncio.run(scenario())
