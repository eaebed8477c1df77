"""services.auth.function"""

from base64 import b64encode
from hashlib import scrypt

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from services.auth.function import Credential, LoginFunction
from services.auth.passwords import read_password
from services.auth.payload import Login

SECRET = "a secret of the tests, long enough for HS256"
DIGEST = scrypt(b"nanosecond", salt=b"s", n=1024, r=8, p=1, dklen=32)
PASSWORD = f"scrypt$1024$8$1${b64encode(b's').decode()}${b64encode(DIGEST).decode()}"
GRACE = Credential(2, "grace@example.com", False, read_password(PASSWORD))
FUNCTION = LoginFunction({GRACE.email: GRACE}, SECRET)


def test_the_right_password_gets_a_token() -> None:
    answer = FUNCTION.answer(Login("grace@example.com", "nanosecond"), "key-7", 1000.9)
    assert answer["statusCode"] == 200
    token = jwt.decode(str(answer["body"]), OctKey.import_key(SECRET), algorithms=["HS256"])
    assert token.claims == {
        "userId": 2,
        "email": "grace@example.com",
        "isAdmin": False,
        "kid": "key-7",
        "iat": 1000,
        "exp": 4600,
    }


@pytest.mark.parametrize(
    "login",
    [
        None,
        Login("grace@example.com", "wrong"),
        Login("grace@example.com", ""),
        Login("GRACE@example.com", "nanosecond"),
        Login("nobody@example.com", "nanosecond"),
    ],
    ids=str,
)
def test_anything_else_gets_401(login: Login | None) -> None:
    assert FUNCTION.answer(login, "key-7", 1000) == {"statusCode": 401}
