"""Which route a request takes, and what path its upstream sees. Pure.

Order of routes as in Kong: more kinds of attributes first, then exact hosts before wildcards,
then more header rules, then the longer path. Unlike Kong, a prefix ends at a segment: `/users`
is not a prefix of `/usersX`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from gateway.document.entities import Route

HeaderLookup = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Match:
    """A route, and the declared path by which it matched (empty when it has none)."""

    route: Route
    prefix: str


@dataclass(frozen=True, slots=True)
class Candidate:
    match: Match
    rank: tuple[int, bool, int, int, int]


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
        self._wildcards = any(host is not None and "*" in host for host in self._tables)

    def find(self, method: str, host: str, path: str, headers: HeaderLookup) -> Match | None:
        """The best match for a normalised path and a lower-case host without port."""
        best: Candidate | None = None
        keys = (host, None, *wildcards(host)) if self._wildcards else (host, None)
        tables = [table for key in keys if (table := self._tables.get(key)) is not None]
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


def wildcards(host: str) -> Iterator[str]:
    """The wildcards that a host matches: `*` stands for one or more labels at one of its ends."""
    for place, character in enumerate(host):
        if character == "." and 0 < place < len(host) - 1:
            yield "*" + host[place:]
            yield host[: place + 1] + "*"


def rank(route: Route, path: str, order: int) -> tuple[int, bool, int, int, int]:
    """Greater wins: kinds of attributes, hosts, header rules, length of the path, place in the document."""
    kinds = sum(map(bool, (route.methods, route.hosts, route.headers, route.paths)))
    exact = not any("*" in host for host in route.hosts)
    return (kinds, exact, len(route.headers), len(path), -order)


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


def upstream_path(stripped: str, path: str, service_path: str) -> str:
    """The path that the upstream sees: without the prefix to be stripped, behind the service's own."""
    rest = path[len(stripped) :]
    base = service_path or "/"
    if not rest:
        return base
    return base.rstrip("/") + "/" + rest.removeprefix("/")
