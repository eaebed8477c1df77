"""Stored passwords: `scrypt$n$r$p$salt$hash`, and the one question asked of them."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StoredPassword:
    """A password nobody can read back."""

    n: int
    r: int
    p: int
    salt: bytes
    digest: bytes

    def can_be_computed(self) -> bool:
        """Whether scrypt takes these numbers: n a power of two, at most 16 MiB, a hash to meet."""
        power_of_two = self.n > 1 and self.n & (self.n - 1) == 0
        positive = self.r > 0 and self.p > 0 and len(self.digest) >= 16
        return power_of_two and positive and 128 * self.n * self.r * self.p <= 2**24

    def matches(self, password: str) -> bool:
        """Whether this is the password; takes the same time either way."""
        found = hashlib.scrypt(
            password.encode("utf-8", "surrogatepass"),
            salt=self.salt,
            n=self.n,
            r=self.r,
            p=self.p,
            dklen=len(self.digest),
        )
        return hmac.compare_digest(found, self.digest)


# Compared with when nobody has the e-mail address, so that the answer takes as long as for a wrong
# password. 1024 rounds are 3 ms: a test logs in often, and these passwords are printed anyway.
NOBODY = StoredPassword(1024, 8, 1, b"nobody has this", bytes(32))


def read_password(text: str) -> StoredPassword:
    """The stored password in its text form; ValueError if it has another form."""
    try:
        scheme, n, r, p, salt, digest = text.split("$")
        stored = StoredPassword(int(n), int(r), int(p), _bytes(salt), _bytes(digest))
        if scheme != "scrypt" or not stored.can_be_computed():
            raise ValueError(scheme)
    except (ValueError, binascii.Error):
        raise ValueError("expected scrypt$n$r$p$salt$hash, salt and hash in base64") from None
    return stored


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
