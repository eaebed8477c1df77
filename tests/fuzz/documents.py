"""A grammar of mistakes in gateway documents. Pure."""

import copy
import random
from typing import Any

Draw = random.Random

SOUND: dict[str, Any] = {
    "_format_version": "3.0",
    "services": [
        {
            "name": "users", "url": "http://127.0.0.1:4001/base", "retries": 1, "read_timeout": 1000,
            "routes": [
                {"name": "u1", "paths": ["/users"], "methods": ["GET", "POST"], "strip_path": True},
                {"name": "u2", "paths": ["/u"], "hosts": ["a.test", "*.b.test"], "headers": {"x-a": ["1"]}},
            ],
            "plugins": [
                {"name": "jwt", "config": {"key_claim_name": "kid", "claims_to_verify": ["exp"]}},
                {"name": "rate-limiting", "config": {"minute": 3, "hour": 10, "policy": "local"}},
                {"name": "acl", "config": {"allow": ["gold"]}},
            ],
        },
        {"name": "orders", "host": "127.0.0.1", "port": 4002, "protocol": "http", "path": "/o",
         "routes": [{"name": "o", "paths": ["/orders"], "preserve_host": True}]},
    ],
    "routes": [{
        "name": "login", "paths": ["/login"],
        "plugins": [{"name": "aws-lambda", "config": {
            "function_name": "login", "aws_region": "eu-west-1", "aws_key": "k", "aws_secret": "s",
            "host": "127.0.0.1", "port": 4003, "disable_https": True}}],
    }],
    "consumers": [{
        "username": "shop", "custom_id": "s1", "tags": ["t"],
        "jwt_secrets": [{"key": "shop", "secret": "s", "algorithm": "HS256"}],
        "keyauth_credentials": [{"key": "k1"}], "acls": [{"group": "gold"}],
    }],
    "plugins": [
        {"name": "correlation-id", "config": {"header_name": "X-Id", "echo_downstream": True}},
        {"name": "cors", "config": {"origins": ["https://a.test"], "max_age": 60}, "route": "u1"},
        {"name": "request-size-limiting", "config": {"allowed_payload_size": 1}, "service": "orders"},
        {"name": "key-auth", "config": {"key_names": ["apikey"]}, "route": "o"},
        {"name": "request-transformer", "config": {"add": {"headers": ["X-A:1"]}}, "consumer": "shop"},
    ],
}  # fmt: skip

_ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 10**30, "", " ", "x", "/", "ä\u202e", "\x00", "a" * 10_000, [], {}, [None],
    [[]], {"": ""}, {"name": "x"}, ["/x", 1], "http://", "http://[::1", "//x", "/a//b", "*", "*.*", "$(x)",
    "GET", ["get"], "3.0", float("inf"), "999999999999999999999", [{}], {"name": "jwt"}, "users",
)  # fmt: skip


def spoilt(draw: Draw) -> tuple[Any, list[str]]:
    """Draw a document with a few mistakes. Shape: the document, and where it was spoilt."""
    document = copy.deepcopy(SOUND)
    said: list[str] = []
    for _ in range(draw.choice((1, 1, 2, 3, 6))):
        document = _once(draw, document, said)
    return document, said


def _once(draw: Draw, document: Any, said: list[str]) -> Any:
    places = list(_places(document))
    if not places:
        return copy.deepcopy(SOUND)
    holder, key, pointer = draw.choice(places)
    way = draw.randrange(6)
    said.append(f"{('replaced', 'removed', 'renamed', 'doubled', 'moved', 'grown')[way]} {pointer}")
    if way == 0:
        holder[key] = copy.deepcopy(draw.choice(_ODD))
    elif way == 1:
        del holder[key]
    elif way == 2 and isinstance(holder, dict):
        holder[draw.choice(("nam", "Name", "", "name ", "config", "url", "ids"))] = holder.pop(key)
    elif way == 3 and isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))
    elif way == 4:
        other, where, _ = draw.choice(places)
        holder[key] = copy.deepcopy(other[where]) if _there(other, where) else None
    else:
        nested: Any = holder[key]
        for _ in range(draw.choice((1, 5, 30))):
            nested = [nested] if draw.random() < 0.5 else {"config": nested}
        holder[key] = nested
    return document


def _there(holder: Any, key: Any) -> bool:
    return key in holder if isinstance(holder, dict) else key < len(holder)


def _places(value: Any, pointer: str = "") -> Any:
    """Yield every place of a document: its holder, its key there, its pointer."""
    items: Any = ()
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    for key, inner in items:
        yield value, key, f"{pointer}/{key}"
        if pointer.count("/") < 20:
            yield from _places(inner, f"{pointer}/{key}")
