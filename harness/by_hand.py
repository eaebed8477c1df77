"""The line that repeats a call by hand, drawn from what was masked: a secret becomes `$TOKEN`."""

import re
import shlex
from collections.abc import Iterable

_MASKED = re.compile(r"«(?:jwt|secret) [0-9a-f]{8}»")
_NEEDS_CARE = re.compile(r'(["\\`$])')


def curl(method: str, url: str, headers: Iterable[tuple[str, str]], body: str) -> str:
    """Draw a curl line from masked values; the shell fills `$TOKEN` in."""
    words = ["curl", "-i", "-X", shlex.quote(method)]
    for name, value in headers:
        words += ["-H", _quoted(f"{name}: {value}")]
    if body:
        words += ["--data-raw", _quoted(body)]
    return " ".join([*words, _quoted(url)])


def _quoted(text: str) -> str:
    """Quote for a shell; a text with a secret in it so that the shell still fills that in."""
    if not _MASKED.search(text):
        return shlex.quote(text)
    pieces = (_NEEDS_CARE.sub(r"\\\1", piece) for piece in _MASKED.split(text))
    return '"' + "$TOKEN".join(pieces) + '"'
