"""The jwt plugin over the wire: Kong's answers, one by one, and nothing behind a refusal."""

import asyncio
import base64
import json
import time

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from gateway.policies import jwt as policy

JWT = {"name": "jwt", "config": {"key_claim_name": "kid", "claims_to_verify": ["exp"]}}
HOUR = 3600


def part(value) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def now() -> int:
    return int(time.time())


def asked(world, headers, *, config=None, path="/users", consumers=None, method="GET"):
    """The answer to one request, and what arrived upstream."""

    async def scenario():
        async with world.upstream() as up:
            document = world.document(up.url, {"name": "jwt", "config": config or JWT["config"]})
            document["consumers"] = consumers or document["consumers"]
            async with world.gateway(document) as gw:
                answer = await gw.get(path, headers, method)
        return answer, up.arrivals

    return asyncio.run(scenario())


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def good(world, **claims) -> str:
    return world.token({"kid": "acme-key", "exp": now() + HOUR, **claims})


@pytest.mark.parametrize("scheme", ["Bearer {}", "bearer {}", "Bearer\t{}"])
def test_a_good_token_names_the_consumer(world, scheme):
    answer, arrivals = asked(world, {"Authorization": scheme.format(good(world))})
    assert answer.status == 200
    assert arrivals[0].values("X-Consumer-Username") == ["acme"]
    assert arrivals[0].values("X-Credential-Identifier") == ["acme-key"]
    assert len(arrivals[0].values("Authorization")) == 1


@pytest.mark.parametrize("value", [None, "Basic eDp5", "BEARER x", "Bearer ", "Bearer"])
def test_no_token_is_unauthorized(world, value):
    answer, arrivals = asked(world, {"Authorization": value} if value else {})
    assert (answer.status, answer.message) == (401, "Unauthorized")
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json["request_id"] == answer["X-Request-Id"]
    assert arrivals == []


HEADER = {"alg": "HS256", "typ": "JWT"}
NAN = b'{"exp": NaN}'
MALFORMED = [
    ("x", "Bad token; invalid JSON"),
    ("x.y", "Bad token; invalid JSON"),
    ("..", "Bad token; invalid JSON"),
    ("%%%.e30.x", "Bad token; invalid JSON"),
    (f"{part(b'{')}.e30.x", "Bad token; invalid JSON"),
    (f"{part(HEADER)}.{part(b'not json')}.x", "Bad token; invalid JSON"),
    (f"{part(HEADER)}.{part(NAN)}.x", "Bad token; invalid JSON"),
    (f"{part(HEADER)}.{part(b'[' * 50_00)}.x", "Bad token; invalid JSON"),
    (f"{part(HEADER)}.{part(None)}.AA", "Bad token; invalid JSON"),
    (f"{part(HEADER)}.{part(5)}.AA", "Bad token; invalid JSON"),
    (f"{part({})}.e30.AA", "Bad token; invalid alg"),
    (f"{part({'alg': 'none'})}.e30.", "Bad token; invalid alg"),
    (f"{part({'alg': 1})}.e30.AA", "Bad token; invalid alg"),
    (f"{part({'alg': 'HS999'})}.e30.AA", "Bad token; invalid alg"),
    (f"{part(None)}.e30.AA", "Bad token; invalid alg"),
    (f"{part(7)}.e30.AA", "Bad token; invalid alg"),
    (f"{part([])}.e30.AA", "Bad token; invalid alg"),
    (f"{part(HEADER)}.e30.AA.AA", "Bad token; invalid signature"),
    (f"{part(HEADER)}.e30.A+/A", "Bad token; invalid signature"),
    (f"{part(HEADER)}.{part({})}.AA", "No mandatory 'kid' in claims"),
    (f"{part(HEADER)}.{part([])}.AA", "No mandatory 'kid' in claims"),
    (f"{part(HEADER)}.{part({'kid': False})}.AA", "No mandatory 'kid' in claims"),
    (f"{part(HEADER)}.{part({'kid': ''})}.AA", "Invalid 'kid' in claims"),
    (f"{part(HEADER)}.{part({'kid': 5})}.AA", "Invalid 'kid' in claims"),
    (f"{part(HEADER)}.{part({'kid': {}})}.AA", "Invalid 'kid' in claims"),
    (f"{part(HEADER)}.{part({'kid': 'who'})}.AA", "No credentials found for given 'kid'"),
    (f"{part({'alg': 'HS512'})}.{part({'kid': 'acme-key'})}.AA", "Invalid algorithm"),
    (f"{part({'alg': 'RS256'})}.{part({'kid': 'acme-key'})}.AA", "Invalid algorithm"),
    (f"{part(HEADER)}.{part({'kid': 'acme-key'})}.", "Invalid signature"),
    (f"{part(HEADER)}.{part({'kid': 'acme-key'})}.AA", "Invalid signature"),
]


@pytest.mark.parametrize(("token", "message"), MALFORMED)
def test_a_malformed_token_is_401_as_kong_says_it(world, token, message):
    answer, arrivals = asked(world, bearer(token))
    assert (answer.status, answer.message) == (401, message)
    assert answer["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert arrivals == []


CLAIMS = [
    ({"exp": -1}, "token expired"),
    ({"exp": 0}, "token expired"),
    ({"exp": None}, "must be a number"),
    ({"exp": "123"}, "must be a number"),
    ({"exp": True}, "must be a number"),
    ({"exp": 10**400}, "must be a number"),
    ({}, "must be a number"),
    ({"exp": HOUR, "nbf": 5}, "token not valid yet"),
    ({"exp": HOUR, "nbf": "x"}, "must be a number"),
]


@pytest.mark.parametrize(("claims", "message"), CLAIMS)
def test_times_are_checked(world, claims, message):
    moved = {
        name: value + now() if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in claims.items()
    }
    raw = f"{part(HEADER)}.{part({'kid': 'acme-key', **moved})}"
    answer, arrivals = asked(world, bearer(signed(raw, world.secret)))
    assert (answer.status, answer.message) == (401, message)
    assert arrivals == []


def signed(raw: str, secret: str) -> str:
    """HS256 by hand, for claims that no library would sign."""
    import hashlib
    import hmac

    return f"{raw}.{part(hmac.digest(secret.encode(), raw.encode(), hashlib.sha256))}"


def test_exp_and_nbf_are_checked_even_when_not_required(world):
    config = {"key_claim_name": "kid"}
    expired = world.token({"kid": "acme-key", "exp": now() - 1})
    early = world.token({"kid": "acme-key", "nbf": now() + 60})
    timeless = world.token({"kid": "acme-key"})
    assert asked(world, bearer(expired), config=config)[0].message == "token expired"
    assert asked(world, bearer(early), config=config)[0].message == "token not valid yet"
    assert asked(world, bearer(timeless), config=config)[0].status == 200


def test_a_remembered_token_still_expires(world, monkeypatch):
    async def scenario():
        async with world.upstream() as up, world.gateway(world.document(up.url, JWT)) as gw:
            headers = bearer(good(world))
            assert (await gw.get("/users", headers)).status == 200
            monkeypatch.setattr(policy, "time", lambda: time.time() + HOUR + 1)
            assert (await gw.get("/users", headers)).message == "token expired"
        assert len(up.arrivals) == 1

    asyncio.run(scenario())


def test_a_removed_credential_is_refused_at_once(world):
    async def scenario():
        async with world.upstream() as up:
            document = world.document(up.url, JWT)
            async with world.gateway(document) as gw:
                headers = bearer(good(world))
                assert (await gw.get("/users", headers)).status == 200
                await gw.gateway.offer(2, {**document, "consumers": []})
                assert (
                    await gw.get("/users", headers)
                ).message == "No credentials found for given 'kid'"

    asyncio.run(scenario())


def test_maximum_expiration(world):
    config = {"key_claim_name": "kid", "maximum_expiration": 300}
    assert asked(world, bearer(good(world, exp=now() + 200)), config=config)[0].status == 200
    far = asked(world, bearer(good(world, exp=now() + 2000)), config=config)[0]
    assert far.message == "exceeds maximum allowed expiration"


def test_tokens_in_query_cookie_and_header(world):
    config = {
        **JWT["config"],
        "uri_param_names": ["jwt", "t"],
        "cookie_names": ["tok"],
        "header_names": ["X-Token", "Authorization"],
    }
    token = good(world)
    other = good(world, sub="other")
    ask = lambda headers, path="/users": asked(world, headers, config=config, path=path)[0]  # noqa: E731
    assert ask({}, f"/users?t={token}").status == 200
    assert ask({}, f"/users?jwt={token.replace('.', '%2E')}").status == 200
    assert ask({"Cookie": f"a=b; tok={token}"}).status == 200
    assert ask({"X-Token": f"Bearer {token}"}).status == 200
    assert ask(bearer(token), f"/users?jwt={token}&jwt=").status == 200
    assert ask(bearer(token), f"/users?jwt={other}").message == "Multiple tokens provided"
    assert ask({}, "/users?jwt").message == "Unrecognizable token"


def test_the_payload_names_the_key_before_the_header(world):
    consumers = [
        {"username": name, "jwt_secrets": [{"key": f"{name}-key", "secret": name * 20}]}
        for name in ("alice", "bobby")
    ]
    claims = {"kid": "bobby-key", "exp": now() + HOUR}
    by_bob = world.token(claims, "bobby" * 20, kid="alice-key")
    by_alice = world.token(claims, "alice" * 20, kid="alice-key")
    _, arrivals = asked(world, bearer(by_bob), consumers=consumers)
    assert arrivals[0].values("X-Consumer-Username") == ["bobby"]
    assert asked(world, bearer(by_alice), consumers=consumers)[0].message == "Invalid signature"
    in_header = world.token({"exp": now() + HOUR}, "alice" * 20, kid="alice-key")
    assert asked(world, bearer(in_header), consumers=consumers)[0].status == 200


def test_preflight_and_realm(world):
    config = {**JWT["config"], "run_on_preflight": False, "realm": "r"}
    assert asked(world, {}, config=config, method="OPTIONS")[0].status == 200
    assert asked(world, {}, method="OPTIONS")[0].status == 401
    assert asked(world, {}, config=config)[0]["WWW-Authenticate"] == 'Bearer realm="r"'
    bad = asked(world, bearer("x"), config=config)[0]
    assert bad["WWW-Authenticate"] == 'Bearer realm="r", error="invalid_token"'


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_hmac_algorithms_and_base64_secrets(world, algorithm):
    secret = base64.b64encode(world.secret.encode()).decode()
    consumers = [
        {"username": "a", "jwt_secrets": [{"key": "k", "secret": secret, "algorithm": algorithm}]}
    ]
    token = world.token({"kid": "k", "exp": now() + HOUR}, algorithm=algorithm)
    config = {**JWT["config"], "secret_is_base64": True}
    assert asked(world, bearer(token), config=config, consumers=consumers)[0].status == 200
    assert asked(world, bearer(token), consumers=consumers)[0].message == "Invalid signature"


def test_secret_that_is_not_base64(world):
    consumers = [{"username": "a", "jwt_secrets": [{"key": "k", "secret": "%%"}]}]
    config = {**JWT["config"], "secret_is_base64": True}
    token = world.token({"kid": "k", "exp": now() + HOUR})
    assert (
        asked(world, bearer(token), config=config, consumers=consumers)[0].message
        == "Invalid key/secret"
    )


@pytest.mark.parametrize(
    ("algorithm", "make"),
    [("RS256", lambda: RSAKey.generate_key(2048)), ("ES256", lambda: ECKey.generate_key("P-256"))],
)
def test_public_keys(world, algorithm, make):
    key, public = make(), None
    public = key.as_pem(private=False).decode()
    consumers = [
        {
            "username": "a",
            "jwt_secrets": [{"key": "k", "algorithm": algorithm, "rsa_public_key": public}],
        }
    ]
    token = jwt.encode({"alg": algorithm}, {"kid": "k", "exp": now() + HOUR}, key)
    assert asked(world, bearer(token), consumers=consumers)[0].status == 200
    head, claims, _ = token.split(".")
    for signature in ("", "AA", part(b"0" * 64), part(b"0" * 256)):
        answer = asked(world, bearer(f"{head}.{claims}.{signature}"), consumers=consumers)[0]
        assert answer.message == "Invalid signature"
    confused = signed(f"{part(HEADER)}.{part({'kid': 'k', 'exp': now() + HOUR})}", public)
    assert asked(world, bearer(confused), consumers=consumers)[0].message == "Invalid algorithm"


def test_memory_of_tokens_is_bounded(world):
    issuers = policy.Issuers(())
    from gateway.document.entities import Consumer, Credential
    from gateway.tokens import Validity

    consumer = Consumer("1", "a", None, None, None, ())
    issuer = policy.Issuer(consumer, Credential("1", "k", "s", "HS256", None, None, None), b"s")
    checked = policy.Jwt(
        policy.JwtConfig(("jwt",), (), ("authorization",), "iss", (), False, 0, True, None), issuers
    )
    for n in range(policy.REMEMBERED_TOKENS + 10):
        checked._remember(str(n), policy.Verified(issuer, Validity(None, None)))
    assert len(checked._verified) == policy.REMEMBERED_TOKENS
