"""Issuers: every credential by its key, with keys that can be used."""

import base64

import pytest
from joserfc.jwk import ECKey

from gateway.document.entities import Consumer, Credential
from gateway.policies.issuers import Issuers, usable_key

PEM = ECKey.generate_key("P-256").as_pem(private=False).decode()


def credential(algorithm="HS256", secret="secret", pem=None):
    return Credential("i", "k", secret, algorithm, pem, None, None)


@pytest.mark.parametrize(
    ("given", "is_base64", "key"),
    [
        (credential(), False, b"secret"),
        (credential(secret=base64.b64encode(b"\xff\xfe~").decode()), True, b"\xff\xfe~"),
        (credential(secret="_-8"), True, b"\xff\xef"),
        (credential(secret="%%"), True, None),
        (credential(secret="="), True, None),
        (credential("RS256", "", None), False, None),
        (credential("RS256", "", "no key"), False, None),
        (credential("RS256", "", PEM), False, None),
    ],
)
def test_keys_as_their_algorithm_wants_them(given, is_base64, key):
    assert usable_key(given, is_base64) == key


def test_a_public_key_is_never_decoded_as_base64():
    assert usable_key(credential("ES256", "", PEM), True) is not None


def test_a_credential_is_found_by_its_key_and_prepared_once():
    found = credential()
    acme = Consumer("c", "acme", None, None, None, (found,))
    issuers = Issuers([acme])
    issuer = issuers.find("k", False)
    assert (issuer.consumer, issuer.credential, issuer.key) == (acme, found, b"secret")
    assert issuers.find("k", False) is issuer
    assert issuers.find("k", True) is not issuer
    assert issuers.find("x", False) is None
