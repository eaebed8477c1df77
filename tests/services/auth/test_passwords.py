"""services.auth.passwords"""

import base64
import hashlib

import pytest

from services.auth.passwords import NOBODY, read_password


def stored(password: str, n: int = 1024) -> str:
    digest = hashlib.scrypt(password.encode(), salt=b"salt", n=n, r=8, p=1, dklen=32)
    return (
        f"scrypt${n}$8$1${base64.b64encode(b'salt').decode()}${base64.b64encode(digest).decode()}"
    )


def test_a_password_matches_itself_only() -> None:
    password = read_password(stored("nanosecond"))
    assert password.matches("nanosecond")
    assert not password.matches("microsecond")
    assert not password.matches("")


def test_an_odd_password_is_just_wrong() -> None:
    assert not read_password(stored("x")).matches("\ud800")


def test_nobody_has_the_password_of_nobody() -> None:
    assert NOBODY.can_be_computed()
    assert not NOBODY.matches("")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nanosecond",
        stored("x").replace("scrypt", "bcrypt"),
        stored("x").replace("$1024$", "$1000$"),
        stored("x").replace("$1024$", "$1048576$"),
        stored("x").replace("$1024$", "$-2$"),
        stored("x").replace("$8$", "$0$"),
        stored("x")[:-6] + "!",
        stored("x").rpartition("$")[0] + "$",
    ],
)
def test_a_password_that_cannot_be_checked_is_refused_when_it_is_read(text: str) -> None:
    with pytest.raises(ValueError, match="expected scrypt"):
        read_password(text)
