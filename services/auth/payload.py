"""What a login brings along: e-mail and password out of the function's payload. Pure."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from services.strict_json import parse


class NotJson(Exception):
    """The payload cannot be parsed at all."""


@dataclass(frozen=True, slots=True)
class Login:
    """Who wants in."""

    email: str
    password: str


def read_login(payload: bytes) -> Login | None:
    """The login in a payload shaped like Kong's `aws-lambda` with forward_request_body.

    The parsed `request_body_args` count first, then the text of `request_body` (JSON or a form;
    base64 if `request_body_base64` says so or holds it itself). None if none of them holds texts
    for both. NotJson if the payload is not JSON; an empty one is `{}`, as Lambda has it.
    """
    try:
        given = parse(payload) if payload else {}
    except ValueError:
        raise NotJson from None
    if not isinstance(given, dict):
        return None
    return _login(given.get("request_body_args")) or _login(_arguments(_text(given)))


def _login(arguments: object) -> Login | None:
    if not isinstance(arguments, dict):
        return None
    email, password = arguments.get("email"), arguments.get("password")
    if not isinstance(email, str) or not isinstance(password, str):
        return None
    return Login(email, password)


def _text(given: dict[str, Any]) -> str:
    body, encoded = given.get("request_body"), given.get("request_body_base64")
    if isinstance(encoded, str):
        body, encoded = encoded, True
    if not isinstance(body, str):
        return ""
    if not encoded:
        return body
    try:
        return base64.b64decode(body, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""


def _arguments(text: str) -> object:
    try:
        return parse(text)
    except ValueError:
        return dict(parse_qsl(text))
