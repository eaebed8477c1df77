"""Identifiers of requests: random UUIDs (RFC 9562, version 4) in hex."""

from os import urandom

AT_ONCE = 64


class RequestIds:
    """Makes one after the other. One question to the system serves many: asking costs most."""

    def __init__(self) -> None:
        self._ready: list[str] = []

    def next(self) -> str:
        if not self._ready:
            digits = urandom(16 * AT_ONCE).hex()
            self._ready = [
                as_uuid(digits[start : start + 32]) for start in range(0, len(digits), 32)
            ]
        return self._ready.pop()


def as_uuid(digits: str) -> str:
    """The 32 digits with version and variant where they belong."""
    return f"{digits[:12]}4{digits[13:16]}a{digits[17:]}"
