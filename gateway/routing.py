"""Which route a request takes, and what path its upstream sees. Pure.

Order of routes as in Kong: more kinds of attributes first, then more header rules, then the
longer path. Unlike Kong, a prefix ends at a segment: `/users` is not a prefix of `/usersX`.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gateway.document.entities import Route

ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
PLAIN_PATH = re.compile(r"(?:/[A-Za-z0-9_~!$&'()*+,;=:@-][A-Za-z0-9._~!$&'()*+,;=:@-]*)+/?|/")

HeaderLookup = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Match:
    """A route, and the declared path by which it matched (empty when it has none)."""

    route: Route
    prefix: str


@dataclass(frozen=True, slots=True)
class Candidate:
    match: Match
    rank: tuple[int, int, int, int]


class Router:
    """Finds the best route in a few look-ups, however many routes there are."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._tables: dict[str | None, dict[str, list[Candidate]]] = {}
        lengths: set[int] = set()
        for order, route in enumerate(routes):
            for path in route.paths or ("",):
                candidate = Candidate(Match(route, path), rank(route, path, order))
                lengths.add(len(path))
                for host in route.hosts or (None,):
                    table = self._tables.setdefault(host, {})
                    table.setdefault(path, []).append(candidate)
        self._lengths = tuple(sorted(lengths))

    def find(self, method: str, host: str, path: str, headers: HeaderLookup) -> Match | None:
        """The best match for a normalised path and a lower-case host without port."""
        best: Candidate | None = None
        tables = [table for key in (host, None) if (table := self._tables.get(key)) is not None]
        for length in self._lengths:
            if length > len(path):
                break
            if not ends_at_segment(path, length):
                continue
            prefix = path[:length]
            for table in tables:
                for candidate in table.get(prefix, ()):
                    if (best is None or candidate.rank > best.rank) and accepts(
                        candidate.match.route, method, headers
                    ):
                        best = candidate
        return best.match if best is not None else None


def rank(route: Route, path: str, order: int) -> tuple[int, int, int, int]:
    """Greater wins: kinds of attributes, header rules, length of the path, place in the document."""
    kinds = sum(map(bool, (route.methods, route.hosts, route.headers, route.paths)))
    return (kinds, len(route.headers), len(path), -order)


def ends_at_segment(path: str, length: int) -> bool:
    """Whether the first `length` characters of the path end where a segment ends."""
    return length in (0, len(path)) or path[length] == "/" or path[length - 1] == "/"


def accepts(route: Route, method: str, headers: HeaderLookup) -> bool:
    """Whether the method and the header rules of the route fit."""
    if route.methods and method not in route.methods:
        return False
    return all(
        any(value.lower() in accepted for value in headers(name))
        for name, accepted in route.headers
    )


def normalise(path: str) -> str:
    """The path as it is matched and sent: RFC 3986, 6.2.2, and doubled slashes merged.

    `%2F` stays what it is; an escaped unreserved character is unescaped; `.` and `..` are resolved.
    """
    if PLAIN_PATH.fullmatch(path):
        return path
    path = ESCAPE.sub(unescaped, path)
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


def upstream_path(match: Match, path: str, service_path: str) -> str:
    """The path that the upstream sees: the prefix stripped if the route says so, the service's put before."""
    rest = path[len(match.prefix) :] if match.route.strip_path else path
    base = service_path or "/"
    if not rest:
        return base
    return base.rstrip("/") + "/" + rest.removeprefix("/")
