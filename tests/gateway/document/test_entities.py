"""Entities: how upstreams are told about credentials, and which scope comes first."""

from itertools import product

from gateway.document.entities import PRECEDENCE, Credential, KeyCredential


def test_a_jwt_credential_is_known_by_its_key_and_an_api_key_by_its_id():
    assert Credential("id", "key", "s", "HS256", None, None, None).identifier == "key"
    assert KeyCredential("id", "key", None, None).identifier == "id"


def test_every_combination_of_scopes_has_its_rank():
    assert sorted(PRECEDENCE) == sorted(product([False, True], repeat=3))
