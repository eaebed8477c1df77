"""The realm that a 401 names in WWW-Authenticate."""

from gateway.document.fields import Fields


def read_realm(fields: Fields) -> str | None:
    realm = fields.text("realm")
    if realm is not None and ('"' in realm or "\\" in realm or not realm.isascii()):
        fields.complain("realm", "must be plain text without quotes")
    return realm
