"""A request that carries markup wherever a caller can put some.

Whatever shows such a request to people has to show it, and must not run it.
"""

from collections.abc import Mapping
from typing import Any

from harness.scenario.odd_requests import Place

MARKUP = "<script>alert(1)</script>"
_HEADERS = ("User-Agent", "Referer", "Cookie", "X-Markup")


def everywhere(at: Place, token: str) -> bytes:
    """Draw a request with markup in path, query, headers, user agent, cookie and body."""
    body = f"{MARKUP}\"'<img src=x onerror=alert(1)>".encode()
    place = Place(f"{at.path}/{MARKUP}?{MARKUP}={MARKUP}", at.host, at.mark)
    head = place.head(
        f"Authorization: Bearer {token}",
        f"User-Agent: {MARKUP}",
        f"Referer: {MARKUP}",
        f"Cookie: note={MARKUP}",
        f"X-Markup: {MARKUP}",
        "Content-Type: text/html",
        f"Content-Length: {len(body)}",
    )
    return head + body


def missing_in(arrival: Mapping[str, Any]) -> list[str]:
    """Return the places of an arrival in which the markup did not come through as it was sent."""
    headers = {name.lower(): value for name, value in arrival["headers"]}
    seen = {
        "the path": arrival["path"],
        "the body": arrival["body"],
        **{name: headers.get(name.lower(), "") for name in _HEADERS},
        "the consumer's name": headers.get("x-consumer-username", ""),
    }
    return [where for where, text in seen.items() if MARKUP not in text]
