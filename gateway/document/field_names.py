"""Names of header fields in a document: which a plugin may set or remove."""

import re

from gateway.document.fields import Fields, shown
from gateway.http.headers import DROPPED_FROM_REQUESTS, canonical

FIELD_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


def field_name(fields: Fields, place: str, name: str) -> bool:
    """Whether it can be the name of a header field; complains if not."""
    if FIELD_NAME.fullmatch(name):
        return True
    fields.complain(place, f"must be the name of a header, found {shown(name)}")
    return False


def own_field(fields: Fields, place: str, name: str) -> bool:
    """The same, for a name that the document decides about: not those that are the gateway's own."""
    if not field_name(fields, place, name):
        return False
    if canonical(name.encode()) in DROPPED_FROM_REQUESTS:
        fields.complain(place, f"{name} is the gateway's own: it cannot be set or removed here")
        return False
    return True
