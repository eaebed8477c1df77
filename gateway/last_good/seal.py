"""A document sealed with a key: whoever opens it knows that a gateway of the same name kept it. Pure.

gateproof-snapshot/1 <HMAC-SHA256 of the rest>
{"name":"acme,prod,default","version":7,"saved_at":"2026-01-31T12:00:00+00:00"}
{"_format_version":"3.0",…}
"""

import hmac
import json
from dataclasses import dataclass
from hashlib import sha256

MAGIC = b"gateproof-snapshot/1"
TAG_BYTES = len(MAGIC) + 1 + 64


class SealBroken(Exception):
    """What is no snapshot of this gateway's, and why, in a few words."""


@dataclass(frozen=True, slots=True)
class LastGood:
    """A document that was served: `document` is JSON, `saved_at` ISO 8601."""

    version: int
    saved_at: str
    document: bytes


def sealed(found: LastGood, name: str, key: bytes) -> bytes:
    head = {"name": name, "version": found.version, "saved_at": found.saved_at}
    rest = json.dumps(head).encode() + b"\n" + found.document
    return MAGIC + b" " + signature(rest, key) + b"\n" + rest


def opened(content: bytes, name: str, key: bytes) -> LastGood:
    """Errors: SealBroken when it is no snapshot, was changed, or belongs to others."""
    tag, _, rest = content.partition(b"\n")
    magic, _, mac = tag.partition(b" ")
    if magic != MAGIC:
        raise SealBroken("it is no snapshot")
    if not hmac.compare_digest(mac, signature(rest, key)):
        raise SealBroken("it was changed, cut short, or sealed with another key")
    head, _, document = rest.partition(b"\n")
    said = json.loads(head)
    if said["name"] != name:
        raise SealBroken(f"it belongs to {said['name']}, this gateway is {name}")
    return LastGood(said["version"], said["saved_at"], document)


def tag_of(content: bytes) -> bytes:
    """What tells two sealed documents apart."""
    return content[:TAG_BYTES]


def signature(rest: bytes, key: bytes) -> bytes:
    return hmac.new(key, rest, sha256).hexdigest().encode()
