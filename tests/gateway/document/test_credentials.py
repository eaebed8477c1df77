"""Credentials: complete, usable, and never shown."""

import pytest
from joserfc.jwk import ECKey, RSAKey

from gateway.document.credentials import acl, jwt_secret, keyauth_credential
from gateway.document.fields import Fields

RSA = RSAKey.generate_key(2048)
EC = {curve: ECKey.generate_key(curve) for curve in ("P-256", "P-384", "P-521")}


def pem(key, private=False):
    return key.as_pem(private=private).decode()


def read(reader, **raw):
    problems = []
    fields = Fields(raw, "", problems)
    found = reader(fields)
    fields.finish()
    return found, [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        *[(name, RSA) for name in ("RS256", "RS384", "RS512")],
        ("ES256", EC["P-256"]),
        ("ES384", EC["P-384"]),
        ("ES512", EC["P-521"]),
    ],
)
def test_public_keys(algorithm, key):
    found, problems = read(jwt_secret, key="k", algorithm=algorithm, rsa_public_key=pem(key))
    assert problems == []
    assert (found["rsa_public_key"], found["secret"]) == (pem(key), "")


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("RS256", "no key"),
        ("RS256", pem(EC["P-256"])),
        ("RS256", pem(RSA, private=True)),
        ("RS256", pem(RSA).replace("A", "B", 40)),
        ("ES256", pem(RSA)),
        ("ES256", pem(EC["P-384"])),
        ("ES512", pem(EC["P-256"], private=True)),
        ("ES256", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----"),
    ],
)
def test_what_is_no_public_key_for_the_algorithm(algorithm, key):
    _, problems = read(jwt_secret, key="k", algorithm=algorithm, rsa_public_key=key)
    assert problems == [f"/rsa_public_key must be a public key in PEM for {algorithm}"]


@pytest.mark.parametrize("key", [None, "", 5, []])
def test_an_asymmetric_credential_needs_a_key(key):
    _, problems = read(jwt_secret, key="k", algorithm="RS256", rsa_public_key=key)
    assert problems == ["/rsa_public_key is required for RS256"]


def test_shared_secrets():
    found, problems = read(jwt_secret, key="k", secret="s", tags=["t"], created_at=5)
    assert problems == []
    assert found == {
        "key": "k",
        "secret": "s",
        "algorithm": "HS256",
        "rsa_public_key": None,
        "tags": ("t",),
        "created_at": 5,
    }
    assert read(jwt_secret, key="k")[1] == ["/secret is required"]
    assert read(jwt_secret, secret="s")[1] == ["/key is required"]
    assert read(jwt_secret, key="k", secret="s", rsa_public_key="")[1] == []
    assert "leave it out" in read(jwt_secret, key="k", secret="s", rsa_public_key="x")[1][0]
    for algorithm in ("none", "PS256", "EdDSA", "hs256"):
        assert "must be one of" in read(jwt_secret, key="k", secret="s", algorithm=algorithm)[1][0]


def test_api_keys():
    assert read(keyauth_credential, key="k") == ({"key": "k", "tags": None, "created_at": None}, [])
    for key, complaint in ((" k", "must not begin or end with a space"), ("", "must be a text")):
        found = read(keyauth_credential, key=key)[1]
        assert len(found) == 1
        assert complaint in found[0]
    assert "/ttl is not in this version" in read(keyauth_credential, key="k", ttl=5)[1][0]


def test_groups():
    assert read(acl, group="gold", tags=["x"], id="i") == ("gold", [])
    assert "must not contain a comma" in read(acl, group="a,b")[1][0]
    assert read(acl) == ("", ["/group is required"])
