"""What a consumer can show, and which groups it is in: the fields of each kind."""

from typing import Any

from gateway.document.fields import Fields
from gateway.document.parts import neutral
from gateway.tokens import ALGORITHMS, HMAC, prepared_key


def common(fields: Fields) -> dict[str, Any]:
    return {
        "tags": fields.texts("tags") if fields.has("tags") else None,
        "created_at": fields.number("created_at", None, 0, 2**53),
    }


def jwt_secret(fields: Fields) -> dict[str, Any]:
    neutral(fields)
    algorithm = fields.choice("algorithm", ALGORITHMS, "HS256")
    return {
        "key": fields.text("key", default="", required=True),
        "secret": fields.secret("secret", required=algorithm in HMAC) or "",
        "algorithm": algorithm,
        "rsa_public_key": public_key(fields, algorithm),
        **common(fields),
    }


def public_key(fields: Fields, algorithm: str) -> str | None:
    """The PEM of an asymmetric credential, proved to be a public key that its algorithm can use."""
    pem = fields.raw("rsa_public_key")
    if algorithm in HMAC:
        if pem:
            fields.complain("rsa_public_key", f"is not used with {algorithm}: leave it out")
        return None
    if not isinstance(pem, str) or not pem:
        fields.complain("rsa_public_key", f"is required for {algorithm}")
        return None
    try:
        prepared_key(algorithm, pem)
    except ValueError:
        fields.complain("rsa_public_key", f"must be a public key in PEM for {algorithm}")
    return pem


def keyauth_credential(fields: Fields) -> dict[str, Any]:
    neutral(fields)
    fields.only("ttl")
    key = fields.secret("key", required=True) or ""
    if key != key.strip():
        fields.complain("key", "must not begin or end with a space: no header could carry it")
    return {"key": key, **common(fields)}


def acl(fields: Fields) -> str:
    """The group."""
    neutral(fields)
    group = fields.text("group", default="", required=True) or ""
    if "," in group:
        fields.complain("group", "must not contain a comma: upstreams are told groups as a list")
    return group
