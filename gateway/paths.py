"""What a request's path is taken for. Pure. What is matched is what is sent.

A path that two readers could take for two things has no safe meaning and is refused: an escape
that is none (`%2%65` would become one), control characters, dots before a semicolon (`..;` is `..`
for servers that cut parameters off).
"""

import re

ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
PLAIN_PATH = re.compile(r"(?:/[A-Za-z0-9_~!$&'()*+,;=:@-][A-Za-z0-9._~!$&'()*+,;=:@-]*)+/?|/")
NOT_IN_PATHS = re.compile(r"[^A-Za-z0-9._~!$&'()*+,;=:@/%-]")
AMBIGUOUS = re.compile(r"%(?![0-9A-Fa-f]{2})|%00|[\x00-\x20\x7f]")
MASKED_DOTS = re.compile(r"/\.\.?;")


def safe_path(raw: str) -> str | None:
    """The path as it is matched and sent, or None where that is not certain."""
    if PLAIN_PATH.fullmatch(raw):
        return raw
    if AMBIGUOUS.search(raw):
        return None
    path = normalise(raw)
    return None if MASKED_DOTS.search(path) else path


def normalise(path: str) -> str:
    """RFC 3986, 6.2.2, and doubled slashes merged.

    `%2F` stays what it is; an escaped unreserved character is unescaped; `.` and `..` are
    resolved; what may not stand in a path, such as a backslash, is escaped.
    """
    if PLAIN_PATH.fullmatch(path):
        return path
    path = NOT_IN_PATHS.sub(escaped, ESCAPE.sub(unescaped, path))
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            if kept:
                kept.pop()
        elif segment not in ("", "."):
            kept.append(segment)
    trailing = "/" if kept and segments[-1] in ("", ".", "..") else ""
    return "/" + "/".join(kept) + trailing


def unescaped(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if character in UNRESERVED else escape[0].upper()


def escaped(character: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in character[0].encode("latin-1", "replace"))
