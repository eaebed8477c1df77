"""A document without its secrets, for people to read. Pure."""

import re
from typing import Any

MASK = "***"
SECRET_FIELDS = frozenset({"secret", "password", "aws_key", "aws_secret"})
KEYS_ARE_SECRET = frozenset({"keyauth_credentials"})
TELLTALE = re.compile(r"auth|cookie|key|password|secret|token", re.IGNORECASE)
USER_INFO = re.compile(r"^(\w+://)[^/@]*@")


def masked(value: Any, under: str = "") -> Any:
    """The same document; every secret is `***`. `under` names the list or object it stands in."""
    match value:
        case dict():
            return {name: masked_field(name, found, under) for name, found in value.items()}
        case list():
            return [masked(item, under) for item in value]
        case str():
            return masked_text(value)
        case _:
            return value


def masked_field(name: str, value: Any, under: str) -> Any:
    secret = name in SECRET_FIELDS or (name == "key" and under in KEYS_ARE_SECRET)
    return MASK if secret and value is not None else masked(value, name)


def masked_text(text: str) -> str:
    """A text that may be a URL with a password, or a header line (`Authorization:Bearer …`)."""
    name, colon, value = text.partition(":")
    if colon and TELLTALE.search(name) and not value.startswith("//"):
        return f"{name}:{MASK}"
    return USER_INFO.sub(rf"\1{MASK}@", text)
