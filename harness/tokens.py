"""Signs what the subjects verify: people's JWTs and Cloud Tokens.

Signed with joserfc, because gateway, services and gates verify with PyJWT: a mistake in one library
cannot hide itself.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from harness import topology

LIFETIME_S = 3600


def person_token(claims: Mapping[str, Any], secret: str, *, algorithm: str = "HS256") -> str:
    """Sign a person's claims: with a shared secret, or for ES256 with a private key in PEM."""
    key = ECKey.import_key(secret) if algorithm == "ES256" else OctKey.import_key(secret)
    return jwt.encode({"alg": algorithm}, dict(claims), key, algorithms=[algorithm])


def person_claims(person: Mapping[str, Any], key: str, now_s: float) -> dict[str, Any]:
    """Return the claims that Auth gives a person. Units: seconds since the epoch."""
    return {
        "userId": person["id"],
        "email": person["email"],
        "isAdmin": person["isAdmin"],
        "kid": key,
        "iat": int(now_s),
        "exp": int(now_s) + LIFETIME_S,
    }


def key_pair() -> dict[str, str]:
    """Make a key pair on the curve P-256. Shape: PEM by `ec_private` and `ec_public`."""
    key = ECKey.generate_key("P-256")
    return {
        "ec_private": key.as_pem(private=True).decode(),
        "ec_public": key.as_pem(private=False).decode(),
    }


@dataclass(frozen=True, slots=True)
class CloudTokenIssuer:
    """Issues Cloud Tokens from one key. A run makes its own key and publishes it as a JWK set."""

    key: RSAKey

    @classmethod
    def fresh(cls) -> "CloudTokenIssuer":
        return cls(RSAKey.generate_key(2048, {"kid": uuid.uuid4().hex, "use": "sig"}))

    def key_set(self) -> str:
        return json.dumps({"keys": [self.key.as_dict(private=False)]})

    def issue(
        self,
        *,
        account: str,
        environment: str,
        region: str,
        index: str,
        now_s: float,
        changes: Mapping[str, Any],
    ) -> str:
        """Sign a Cloud Token that names region, account, environment and analytics index."""
        claims = {
            "iss": topology.CLOUD_ISSUER,
            "aud": topology.CLOUD_AUDIENCE,
            "org": account,
            "envs": [environment],
            "cpg": region,
            "idx": index,
            "scopes": ["sync", "reports"],
            "iat": int(now_s),
            "exp": int(now_s) + 24 * LIFETIME_S,
            "jti": uuid.uuid4().hex,
            **changes,
        }
        header = {"alg": "RS512", "kid": self.key.kid, "typ": "JWT"}
        return jwt.encode(header, claims, self.key, algorithms=["RS512"])
