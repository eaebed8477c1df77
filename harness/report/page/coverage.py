"""What a run exercised, and what it did not: the gaps come first.

Exercised means seen on the wire or in a document that was served, not named in a feature.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from harness import topology
from harness.faults import FAULTS
from harness.outcomes import OUTCOMES
from harness.report import anchors
from harness.report.page.outline import Area
from harness.report.page.reach import Reach
from harness.report.run import BREAKING, Call, Publication, Run
from harness.scenario.faulting import LINKS, RESOURCES
from harness.specification.tags import TAGS
from harness.verdicts import Verdict

_JUDGED = {str(Verdict.PROVED), str(Verdict.BROKEN), str(Verdict.UNKNOWN)}
_NEUTRAL = {"id", "tags", "enabled", "created_at", "updated_at", "_info", "_comment"}
_CHILDREN = {
    "jwt_secrets": "jwt_secret",
    "keyauth_credentials": "keyauth_credential",
    "acls": "group",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that can be exercised. `count` says how often it was, `anchor` where."""

    name: str
    count: int = 0
    note: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Dimension:
    """Shape: `missing` are the gaps. `unknown` says why there is no list to hold it against."""

    name: str
    meaning: str
    seen: tuple[Item, ...]
    missing: tuple[Item, ...]
    unknown: str = ""

    @property
    def total(self) -> int:
        return len(self.seen) + len(self.missing)


def of(run: Run, areas: Iterable[Area], reach: Reach) -> list[Dimension]:
    """Every dimension, those with the most gaps first; promises always lead."""
    there = list(areas)
    others = [
        _routes(run),
        _policies(run, reach),
        _statuses(run, reach),
        _refusals(run, reach),
        _fields(run, reach),
        _faults(run),
        _outcomes(run),
        _capabilities(run),
    ]
    return [_promises(there), *sorted(others, key=lambda one: -len(one.missing))]


def _split(
    name: str, meaning: str, possible: Iterable[str], seen: Mapping[str, int],
    note: Callable[[str], str] = lambda _: "", unknown: str = "",
) -> Dimension:  # fmt: skip
    """Hold what was seen against what there is; what is seen without being listed counts too."""
    names = list(dict.fromkeys([*possible, *sorted(seen)]))
    items = [Item(name, seen.get(name, 0), note(name)) for name in names]
    return Dimension(
        name,
        meaning,
        tuple(item for item in items if item.count),
        tuple(item for item in items if not item.count),
        unknown,
    )


def _promises(areas: Iterable[Area]) -> Dimension:
    seen: list[Item] = []
    missing: list[Item] = []
    for area in areas:
        for promise in area.promises:
            judged = sum(1 for one in promise.rule.scenarios if one.verdict in _JUDGED)
            name = promise.rule.title or promise.feature.title
            item = Item(name, judged, promise.verdict if not judged else "", promise.anchor)
            (seen if judged else missing).append(item)
    return Dimension("Promises", "judged by at least one example", tuple(seen), tuple(missing))


# --- documents ------------------------------------------------------------------------------------


def _served(run: Run) -> list[Publication]:
    """What was refused shows nothing of what the gateway does with a document."""
    return [publication for publication in run.documents if not publication.refused]


def _entities(document: Mapping[str, Any], kind: str) -> Iterator[Mapping[str, Any]]:
    found = document.get(kind)
    yield from (one for one in found if isinstance(one, dict)) if isinstance(found, list) else ()


def _routes(run: Run) -> Dimension:
    by_host: dict[str, list[Call]] = defaultdict(list)
    by_rig: dict[str, list[Call]] = defaultdict(list)
    for call in run.calls:
        if call.replica in topology.PARTS and topology.PARTS[call.replica].kind == "gateway":
            by_host[call.host.lower()].append(call)
            by_rig[call.rig].append(call)
    seen: Counter[str] = Counter()
    known: dict[str, None] = {}
    for publication in _served(run):
        for route in _entities(publication.document or {}, "routes"):
            label = _label(route)
            known[label] = None
            calls = [c for host in _texts(route, "hosts") for c in by_host[host.lower()]]
            if not route.get("hosts"):
                calls = by_rig[publication.rig]
            seen[label] += sum(1 for call in calls if _fits(route, call))
    meaning = "published routes by path and method, and whether any call took them"
    return _split("Routes", meaning, sorted(known), +seen, unknown=_without_documents(run))


def _label(route: Mapping[str, Any]) -> str:
    methods = " ".join(_texts(route, "methods")) or "any method"
    return f"{', '.join(_texts(route, 'paths')) or '/'} ({methods})"


def _texts(entity: Mapping[str, Any], key: str) -> list[str]:
    value = entity.get(key)
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _fits(route: Mapping[str, Any], call: Call) -> bool:
    methods, paths = _texts(route, "methods"), _texts(route, "paths")
    path = urlsplit(call.path).path
    return (not methods or call.method in methods) and (
        not paths or any(path == p or path.startswith(p.rstrip("/") + "/") for p in paths)
    )


def _without_documents(run: Run) -> str:
    return "" if run.documents else "the run did not record the documents that it published"


def _policies(run: Run, reach: Reach) -> Dimension:
    seen: Counter[str] = Counter()
    for publication in _served(run):
        for plugin in _entities(publication.document or {}, "plugins"):
            seen[str(plugin.get("name"))] += 1
    meaning = "plugins of the gateway, and how many entities of served documents have them"
    return _split("Policies", meaning, reach.plugins, seen, unknown=_unknown(reach.plugins))


def _unknown(there: object) -> str:
    return "" if there else "this gateway's own list is not known here: only what was seen is shown"


def _fields(run: Run, reach: Reach) -> Dimension:
    seen: Counter[str] = Counter()
    for publication in _served(run):
        seen.update(_fields_of(publication))
    possible = [
        f"{kind}.{name}"
        for kind, names in reach.fields.items()
        for name in names
        if name not in _NEUTRAL
    ]
    meaning = "fields of entities and plugins that the gateway reads, and how often one was set"
    return _split("Document fields", meaning, possible, seen, unknown=_without_documents(run))


def _fields_of(publication: Publication) -> Iterator[str]:
    document = publication.document or {}
    for kind in ("service", "route", "consumer"):
        for entity in _entities(document, f"{kind}s"):
            yield from (
                f"{kind}.{n}" for n in entity if n not in {*_NEUTRAL, *_CHILDREN, "service"}
            )
            for children, child in _CHILDREN.items():
                for one in _entities(entity, children):
                    yield from (f"{child}.{name}" for name in one if name not in _NEUTRAL)
    for plugin in _entities(document, "plugins"):
        config = plugin.get("config")
        if isinstance(config, dict):
            yield from (f"{plugin.get('name')}.{name}" for name in config)


# --- the wire -------------------------------------------------------------------------------------


def _statuses(run: Run, reach: Reach) -> Dimension:
    seen = Counter(str(call.status) for call in run.calls if call.status is not None)
    possible = sorted({str(one.status) for one in reach.refusals} | {"200"})
    return _split("Status codes", "that callers were answered with", possible, seen)


def _refusals(run: Run, reach: Reach) -> Dimension:
    said: dict[tuple[int, str], list[str]] = defaultdict(list)
    for one in reach.refusals:
        said[one.status, one.message].append(one.code)
    told = _told(run)
    seen = Counter(told.values())
    for call in run.calls:
        codes = said.get((call.status or 0, _message(call)), [])
        if len(codes) == 1 and call.marker not in told:
            seen[codes[0]] += 1
    by_code = {one.code: f"{one.status} {one.message}" for one in reach.refusals}
    return _split(
        "Refusals",
        "every answer that the gateway makes by itself; equal texts are told apart by log and event",
        by_code,
        seen,
        lambda code: by_code.get(code, ""),
        _unknown(reach.refusals),
    )


def _told(run: Run) -> dict[str, str]:
    """The codes that gateways named in access logs and events, by the marker of the call."""
    logs = [*run.logs, *(line for scenario in run.scenarios for line in scenario.logs)]
    found = {line.marker: line.line.get("refusal") for line in logs if line.marker}
    found |= {event.marker: event.fields.get("error-key") for event in run.events if event.marker}
    return {marker: code for marker, code in found.items() if isinstance(code, str)}


def _message(call: Call) -> str:
    if not call.body.startswith("{"):
        return ""
    try:
        body = json.loads(call.body)
    except (ValueError, RecursionError):
        return ""
    return str(body.get("message")) if isinstance(body, dict) else ""


# --- faults and words -----------------------------------------------------------------------------


def _faults(run: Run) -> Dimension:
    kinds = {"cut": LINKS, "kill": RESOURCES, "pause": RESOURCES, "end": RESOURCES}
    named = {
        (kind, target): f"{kind} {name}"
        for kind, targets in kinds.items()
        for name, target in targets.items()
        if kind in FAULTS
    }
    found = Counter(
        named.get((fault.action, fault.target), f"{fault.action} {fault.target}")
        for fault in run.faults
        if fault.action in BREAKING
    )
    meaning = "what can be broken on purpose, on each link and resource that features name"
    return _split("Faults", meaning, sorted(named.values()), found)


def _outcomes(run: Run) -> Dimension:
    texts = [
        step.text
        for scenario in run.scenarios
        if scenario.verdict in _JUDGED
        for step in scenario.steps
    ]
    seen = {phrase: sum(1 for t in texts if phrase in t) for phrase in OUTCOMES}
    return _split(
        "Outcomes",
        "phrases of the outcome table, and how many steps of judged examples say them",
        OUTCOMES,
        seen,
        lambda phrase: str(OUTCOMES[phrase].status) if phrase in OUTCOMES else "",
    )


def _capabilities(run: Run) -> Dimension:
    seen = Counter(
        tag for scenario in run.scenarios if scenario.verdict in _JUDGED for tag in scenario.tags
    )
    return _split(
        "Tags", "and how many judged examples carry them", TAGS, seen, lambda t: TAGS.get(t, "")
    )


def anchor(dimension: Dimension) -> str:
    return f"coverage-{anchors.slug(dimension.name)}"
