"""The login function: an e-mail and its password in, a signed token out."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.access import token_library
from services.auth.passwords import NOBODY, StoredPassword
from services.auth.payload import Login

LIFETIME_S = 3600


@dataclass(frozen=True, slots=True)
class Credential:
    """Who has which password."""

    user_id: int | str
    email: str
    is_admin: bool
    password: StoredPassword


@dataclass(frozen=True, slots=True)
class LoginFunction:
    """Checks logins against `credentials` (by e-mail) and signs tokens with `secret`."""

    credentials: Mapping[str, Credential]
    secret: str

    def answer(self, login: Login | None, kid: str, now_s: float) -> dict[str, object]:
        """`{"statusCode":200,"body":"<jwt>"}`, or `{"statusCode":401}` for anything but a match."""
        known = self.credentials.get(login.email) if login else None
        password = known.password if known else NOBODY
        if not password.matches(login.password if login else "") or known is None:
            return {"statusCode": 401}
        return {"statusCode": 200, "body": self._token(known, kid, int(now_s))}

    def _token(self, known: Credential, kid: str, issued_s: int) -> str:
        claims = {
            "userId": known.user_id,
            "email": known.email,
            "isAdmin": known.is_admin,
            "kid": kid,
            "iat": issued_s,
            "exp": issued_s + LIFETIME_S,
        }
        token = token_library().encode(claims, self.secret, "HS256")
        assert isinstance(token, str)
        return token
