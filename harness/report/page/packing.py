"""The compressed block: the evidence of every example that did not fail, unpacked where it is read.

Shape: gzip, then base64, which holds no character that HTML could mistake. Inside: one line of JSON
       that says where each piece begins and how long it is, in bytes, and then the pieces.
"""

import base64
import gzip
import json
from collections.abc import Mapping

_LEVEL = 6


def packed(pieces: Mapping[str, str]) -> str:
    """Pack pieces of HTML by their anchor; empty for nothing."""
    if not pieces:
        return ""
    index: dict[str, tuple[int, int]] = {}
    content = bytearray()
    for name, piece in pieces.items():
        encoded = piece.encode("utf-8", "replace")
        index[name] = (len(content), len(encoded))
        content += encoded
    head = json.dumps(index, separators=(",", ":")).encode()
    whole = gzip.compress(head + b"\n" + bytes(content), _LEVEL, mtime=0)
    return base64.b64encode(whole).decode("ascii")


def unpacked(block: str) -> dict[str, str]:
    """Unpack, as the page does it."""
    if not block:
        return {}
    head, _, content = gzip.decompress(base64.b64decode(block)).partition(b"\n")
    index: dict[str, tuple[int, int]] = json.loads(head)
    return {name: content[at : at + size].decode() for name, (at, size) in index.items()}
