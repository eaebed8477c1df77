"""Forged, borrowed and broken tokens against the jwt policy: every one is 401 and names nobody."""

import base64
import hashlib
import hmac
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from gateway.document.entities import Consumer, Credential
from gateway.policies import jwt as policy
from gateway.policies.issuers import Issuers

NOW = int(time.time())
# Far ahead and the same in every process: it stands in the names of tests.
GOOD = {"kid": "acme", "exp": 4102444800}
SECRET = "a secret of sufficient length for HS256, HS384 and also for HS512, which wants more."
HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}
RSA = {"RS256": RSAKey.generate_key(2048)}
KEYS = {
    "RS256": RSA["RS256"],
    "RS384": RSA["RS256"],
    "RS512": RSA["RS256"],
    "ES256": ECKey.generate_key("P-256"),
    "ES384": ECKey.generate_key("P-384"),
    "ES512": ECKey.generate_key("P-521"),
}
PEMS = {name: key.as_pem(private=False).decode() for name, key in KEYS.items()}


def credential(key, algorithm="HS256", secret=SECRET, pem=None):
    return Credential(f"{key}-id", key, secret, algorithm, pem, None, None)


def consumer(name, *credentials):
    return Consumer(name, name, None, None, None, credentials)


PEOPLE = [
    consumer("acme", credential("acme"), credential("acme-512", "HS512")),
    consumer("other", credential("other", secret="another secret of sufficient length for all")),
    *(consumer(name, credential(name, name, "", pem)) for name, pem in PEMS.items()),
    consumer("keyless", credential("keyless", "RS256", "", None)),
]
ISSUERS = Issuers(PEOPLE)


def part(value) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(header, claims, secret=SECRET, algorithm="HS256") -> str:
    """By hand, for what no library would sign."""
    raw = f"{part(header)}.{part(claims)}"
    key = secret if isinstance(secret, bytes) else secret.encode()
    return f"{raw}.{part(hmac.digest(key, raw.encode(), HASHES[algorithm]))}"


HS = {"alg": "HS256", "typ": "JWT"}


@pytest.fixture(scope="session")
def ask(unit):
    checks = {}

    def asked(token=None, target="/users", headers=None, method="GET", **config):
        config = {"key_claim_name": "kid", "claims_to_verify": ["exp"], **config}
        name = json.dumps(config)
        if name not in checks:
            checks[name] = policy.Jwt(unit.config(policy.KIND, **config), ISSUERS)
        sent = headers if headers is not None else [("Authorization", f"Bearer {token}")]
        exchange = unit.exchange(method, target, sent)
        refusal = unit.run(checks[name], exchange)
        assert (refusal is None) == (exchange.consumer is not None)
        return refusal, exchange

    return asked


def test_an_honest_token_passes(ask):
    refusal, exchange = ask(signed(HS, GOOD))
    assert refusal is None
    assert (exchange.consumer.username, exchange.credential.key) == ("acme", "acme")


@pytest.mark.parametrize("algorithm", sorted(KEYS))
def test_every_asymmetric_algorithm(ask, algorithm):
    token = jwt.encode(
        {"alg": algorithm}, {**GOOD, "kid": algorithm}, KEYS[algorithm], algorithms=[algorithm]
    )
    assert ask(token)[1].consumer.username == algorithm
    head, claims, signature = token.split(".")
    tampered = f"{head}.{part({**GOOD, 'kid': algorithm, 'admin': True})}.{signature}"
    assert ask(tampered)[0].message == "Invalid signature"
    for odd in ("", "AA", part(bytes(64)), part(bytes(96)), part(bytes(132)), part(bytes(256)), signature[:-8], signature + "AAAA"):  # fmt: skip
        assert ask(f"{head}.{claims}.{odd}")[0].message in (
            "Invalid signature",
            "Bad token; invalid signature",  # not even base64url: bits behind the last byte
        )


def test_every_shared_secret_algorithm(ask):
    token = signed({"alg": "HS512"}, {**GOOD, "kid": "acme-512"}, algorithm="HS512")
    assert ask(token)[0] is None


@pytest.mark.parametrize("algorithm", sorted(PEMS))
@pytest.mark.parametrize("confused", sorted(HASHES))
def test_a_public_key_is_never_a_shared_secret(ask, algorithm, confused):
    """Key confusion: anybody has the public key, in whatever spelling."""
    pem = PEMS[algorithm]
    der = base64.b64decode("".join(pem.split("\n")[1:-2]))
    for secret in (pem, pem.strip(), pem.encode(), der, "", b"\0"):
        token = signed({"alg": confused}, {**GOOD, "kid": algorithm}, secret, confused)
        assert ask(token)[0].message == "Invalid algorithm"


INVALID_ALG = "Bad token; invalid alg"
INVALID_JSON = "Bad token; invalid JSON"
INVALID_SIGNATURE = "Bad token; invalid signature"


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", "", "HS", "hs256", "HS999", "HS256 ", "none\0", 1, 0, True, None, [], ["HS256"], {}, {"HS256": 1}])  # fmt: skip
@pytest.mark.parametrize("signature", ["", "AA"])
def test_no_odd_algorithm_is_taken(ask, alg, signature):
    token = f"{part({'alg': alg})}.{part(GOOD)}.{signature}"
    assert ask(token)[0].message == INVALID_ALG


@pytest.mark.parametrize("alg", ["HS384", "HS512", "RS256", "RS512", "ES256", "PS256", "EdDSA"])
def test_the_credential_says_which_algorithm(ask, alg):
    signature = signed({"alg": alg}, GOOD, algorithm=alg if alg in HASHES else "HS256")
    assert ask(signature)[0].message == "Invalid algorithm"


HEADERS = [
    {"jwk": {"kty": "oct", "k": part(b"mine")}},
    {"jku": "https://evil.test/keys"},
    {"x5u": "https://evil.test/cert"},
    {"x5c": ["MIIB"]},
    {"kid": "/dev/null"},
    {"kid": "../../secret"},
    {"kid": "' OR 1=1 --"},
]


@pytest.mark.parametrize("more", HEADERS)
def test_a_key_in_the_header_is_nobodys_key(ask, more):
    assert ask(signed({**HS, **more}, GOOD, "mine"))[0].message == "Invalid signature"
    assert ask(signed({**HS, **more}, GOOD))[0] is None


@pytest.mark.parametrize(
    ("token", "message"),
    [
        ("x", INVALID_JSON),
        ("..", INVALID_JSON),
        ("....", INVALID_JSON),
        (".".join([part(HS), part(GOOD)]), INVALID_JSON),
        (f"{part(HS)}.{part(GOOD)}.AA.AA", INVALID_SIGNATURE),
        (f"{part(HS)}.{part(GOOD)}.A A", INVALID_SIGNATURE),
        (f"{part(HS)}.{part(GOOD)}.A+/A", INVALID_SIGNATURE),
        (f"{part(HS)} .{part(GOOD)}.AA", INVALID_JSON),
        (f"{part(HS)}.{part(b'{')}.AA", INVALID_JSON),
        (f"{part(b'{')}.{part(GOOD)}.AA", INVALID_JSON),
        (f"{part(HS)}.{part(b'[' * 100_000)}.AA", INVALID_JSON),
        (f"{part(b'{' * 100_000)}.e30.AA", INVALID_JSON),
        (f"{part(HS)}.{part(bytes([255, 254]))}.AA", INVALID_JSON),
        (f"{part(HS)}.{part(json.dumps(GOOD).encode('utf-16'))}.AA", INVALID_JSON),
        (f"{part(HS)}.{part(b'{}{}')}.AA", INVALID_JSON),
        (f"{part(HS)}.{part(b'')}.AA", INVALID_JSON),
        *[(f"{part(value)}.{part(GOOD)}.AA", INVALID_ALG) for value in (None, 7, 1.5, True, "x", [], [HS], {})],
        *[(f"{part(HS)}.{part(value)}.AA", INVALID_JSON) for value in (None, 5, 1.5, True)],
        *[(f"{part(HS)}.{part(value)}.AA", "No mandatory 'kid' in claims") for value in ("x", [], [GOOD], {})],
    ],
)  # fmt: skip
def test_what_is_malformed_is_refused_in_kongs_words(ask, token, message):
    refusal, _ = ask(token)
    assert (refusal.status, refusal.message) == (401, message)
    assert refusal.headers == ((b"WWW-Authenticate", b'Bearer error="invalid_token"'),)


@pytest.mark.parametrize(
    ("kid", "message"),
    [
        ("", "Invalid 'kid' in claims"), (5, "Invalid 'kid' in claims"), (0, "Invalid 'kid' in claims"), (True, "Invalid 'kid' in claims"),
        (1.5, "Invalid 'kid' in claims"), ([], "Invalid 'kid' in claims"), (["acme"], "Invalid 'kid' in claims"), ({}, "Invalid 'kid' in claims"),
        (None, "No mandatory 'kid' in claims"), (False, "No mandatory 'kid' in claims"),
        ("ACME", "No credentials found for given 'kid'"), ("acme ", "No credentials found for given 'kid'"), ("acme\0", "No credentials found for given 'kid'"),
        ("acme-id", "No credentials found for given 'kid'"), ("\ud800", "No credentials found for given 'kid'"), ("x" * 100_000, "No credentials found for given 'kid'"),
    ],
)  # fmt: skip
def test_every_odd_key_claim(ask, kid, message):
    in_payload = signed(HS, {**GOOD, "kid": kid})
    in_header = signed({**HS, "kid": kid}, {"exp": GOOD["exp"]})
    for token in (in_payload, in_header):
        refusal, _ = ask(token)
        assert (refusal.status, refusal.message) == (401, message)


def test_the_payloads_key_claim_comes_before_the_headers(ask):
    header = {**HS, "kid": "other"}
    assert ask(signed(header, GOOD))[1].consumer.username == "acme"
    borrowed = signed(header, GOOD, "another secret of sufficient length for all")
    assert ask(borrowed)[0].message == "Invalid signature"


ODD = [None, True, False, "5", "", [], {}, [NOW + 9], 10**400, -(10**400)]


@pytest.mark.parametrize("claim", ["exp", "nbf"])
@pytest.mark.parametrize("value", ODD)
def test_every_odd_time(ask, claim, value):
    token = signed(HS, {**GOOD, claim: value})
    for config in ({}, {"claims_to_verify": []}, {"claims_to_verify": ["nbf", "exp"]}):
        assert ask(token, **config)[0].message == "must be a number"


@pytest.mark.parametrize("raw", ["NaN", "Infinity", "-Infinity"])
def test_times_that_are_not_json(ask, raw):
    claims = f'{{"kid":"acme","exp":{raw}}}'.encode()
    assert ask(signed(HS, claims))[0].message == INVALID_JSON


def test_a_time_beyond_every_number(ask):
    assert ask(signed(HS, b'{"kid":"acme","exp":1e999}'))[0].message == "must be a number"


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ({"exp": NOW - 1}, "token expired"), ({"exp": 0}, "token expired"), ({"exp": -5}, "token expired"),
        ({"exp": NOW - 0.5}, "token expired"), ({"nbf": NOW + 86400}, "token not valid yet"), ({"nbf": 2**60}, "token not valid yet"),
        ({"exp": NOW - 9, "nbf": NOW + 9}, "token expired"),
    ],
)  # fmt: skip
def test_times_that_do_not_fit(ask, claims, message):
    assert ask(signed(HS, {**GOOD, **claims}))[0].message == message


def test_there_is_no_leeway(ask, monkeypatch):
    token = signed(HS, {"kid": "acme", "exp": 1000, "nbf": 900})
    for now, message in ((899.9, "token not valid yet"), (900, None), (999.9, None), (1000, "token expired")):  # fmt: skip
        monkeypatch.setattr(policy, "time", lambda now=now: now)
        refusal = ask(token)[0]
        assert (refusal and refusal.message) == message


def test_a_maximum_lifetime(ask):
    config = {"maximum_expiration": 36000}
    assert ask(signed(HS, {"kid": "acme", "exp": NOW + 30000}), **config)[0] is None
    far = signed(HS, {"kid": "acme", "exp": NOW + 200000})
    assert ask(far, **config)[0].message == "exceeds maximum allowed expiration"
    endless = signed(HS, {"kid": "acme"})
    unnamed = {**config, "claims_to_verify": None}
    assert ask(endless, **unnamed)[0].message == "exceeds maximum allowed expiration"


def test_a_key_that_is_none_is_refused(ask):
    token = jwt.encode({"alg": "RS256"}, {**GOOD, "kid": "keyless"}, KEYS["RS256"])
    assert ask(token)[0].message == "Invalid key/secret"


EVERYWHERE = {"cookie_names": ["tok"], "uri_param_names": ["jwt"], "header_names": ["authorization", "x-token"]}  # fmt: skip


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("/?jwt={b}", [("Authorization", "Bearer {a}")]),
        ("/?jwt={a}&jwt={b}", []),
        ("/", [("Cookie", "tok={a}; tok={b}")]),
        ("/", [("Cookie", "tok={a}"), ("Cookie", "tok={b}")]),
        ("/", [("Cookie", "tok={a}"), ("Authorization", "Bearer {b}")]),
        ("/", [("X-Token", "Bearer {a}"), ("X-Token", "Bearer {b}")]),
        ("/", [("X-Token", "Bearer {a}"), ("Authorization", "bearer {b}")]),
        ("/?jwt=x", [("Authorization", "Bearer {a}")]),
    ],
)
def test_two_different_tokens_are_one_too_many(ask, target, headers):
    tokens = {"a": signed(HS, GOOD), "b": signed(HS, {**GOOD, "sub": "b"})}
    fill = lambda text: text.format(**tokens)  # noqa: E731
    refusal, _ = ask(target=fill(target), headers=[(n, fill(v)) for n, v in headers], **EVERYWHERE)
    assert refusal.message == "Multiple tokens provided"


def test_the_same_token_twice_is_one(ask):
    token = signed(HS, GOOD)
    headers = [
        ("Cookie", f"a=b; tok={token}; tok="),
        ("Authorization", f"Bearer {token}"),
        ("X-Token", f"bearer {token}"),
    ]
    assert ask(target=f"/?jwt={token}&jwt=&jwt={token}", headers=headers, **EVERYWHERE)[0] is None


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("/?JWT={}", []), ("/?token={}", []), ("/{}", []), ("/", [("Cookie", "TOK={}")]), ("/", [("Cookie", "xtok={}")]),
        ("/", [("X-Other", "Bearer {}")]), ("/", [("X-Token", "{}")]), ("/", [("Authorization", "JWT {}")]), ("/", []),
        ("/?jwt=", [("Authorization", "Bearer ")]),
    ],
)  # fmt: skip
def test_a_token_in_the_wrong_place_is_no_token(ask, target, headers):
    token = signed(HS, GOOD)
    sent = [(name, value.format(token)) for name, value in headers]
    refusal, _ = ask(target=target.format(token), headers=sent, **EVERYWHERE)
    assert (refusal.status, refusal.message) == (401, "Unauthorized")
    assert refusal.headers == ((b"WWW-Authenticate", b"Bearer"),)


def test_a_parameter_without_value(ask):
    assert ask(target="/?jwt", headers=[])[0].message == "Unrecognizable token"


TEXTS = st.text(st.characters(max_codepoint=255), max_size=40)
PIECES = st.sampled_from(
    [part(HS), part(GOOD), part({}), part(None), "", "e30", "AA", "%", "=", "."]
)


@given(TEXTS | st.lists(PIECES, max_size=5).map(".".join))
def test_no_token_whatever_is_more_than_refused(ask, token):
    refusal, _ = ask(token)
    assert refusal.status == 401


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(
    st.fixed_dictionaries({}, optional={"alg": ANY | st.just("HS256"), "kid": ANY}),
    st.fixed_dictionaries({}, optional={"kid": ANY | st.just("acme"), "exp": ANY, "nbf": ANY}),
    st.booleans(),
)
def test_no_claims_whatever_are_more_than_refused(ask, header, claims, honest):
    """Also those that the issuer has signed itself."""
    token = signed(header, claims, SECRET if honest else "guess")
    refusal, _ = ask(token)
    if refusal is not None:
        assert refusal.status == 401
    else:
        assert honest
        assert claims["exp"] > NOW
