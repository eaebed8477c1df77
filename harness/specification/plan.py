"""The plan of a run: a function of the run's id and the selected examples, whatever their order.

Every process makes the same plan; the warden publishes the first and refuses a different second.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from harness import topology
from harness.specification.catalogue import Understood
from harness.specification.fragments import Fragment, Scope, document, joined


@dataclass(frozen=True, slots=True)
class Entry:
    """One example in the plan: its scope, and the document it needs served."""

    id: str
    scope: Scope
    fragment: Fragment
    opens_rig: bool
    rig_parts: frozenset[str]
    rig_links: frozenset[str] = frozenset()

    @property
    def document(self) -> dict[str, Any]:
        return document(self.fragment, self.scope)

    @property
    def scripts(self) -> dict[str, Any]:
        return {self.scope.name(name): dict(what) for name, what in self.fragment.scripts.items()}


@dataclass(frozen=True, slots=True)
class Plan:
    """Shape: entries by example id; `parts` is what the shared environment has to have."""

    run: str
    entries: Mapping[str, Entry]
    parts: frozenset[str]

    @property
    def _shared(self) -> list[Entry]:
        return [entry for entry in self.entries.values() if not entry.opens_rig]

    @property
    def document(self) -> dict[str, Any]:
        return joined(entry.document for entry in self._shared)

    @property
    def scripts(self) -> dict[str, Any]:
        scripts: dict[str, Any] = {}
        for entry in self._shared:
            scripts |= entry.scripts
        return scripts

    @property
    def suffixes(self) -> list[str]:
        return [entry.scope.suffix for entry in self.entries.values()]

    @property
    def digest(self) -> str:
        text = json.dumps([self.document, self.scripts, sorted(self.parts)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def owner(self, entity_name: str) -> str | None:
        """Return the id of the example that declared an entity of the published document."""
        for entry in self.entries.values():
            if entity_name.endswith(f"-{entry.scope.suffix}"):
                return entry.id
        return None


def make(run: str, selected: Iterable[Understood]) -> Plan:
    """Number the examples in the order of their ids and give each its scope."""
    in_order = sorted(selected, key=lambda one: one.example.id)
    entries = {
        one.example.id: Entry(
            one.example.id,
            Scope(f"s{number}-{run}"),
            one.fragment,
            one.opens_rig,
            one.rig_parts,
            one.rig_links,
        )
        for number, one in enumerate(in_order, start=1)
    }
    return Plan(run, entries, parts_of(in_order))


def parts_of(selected: Iterable[Understood]) -> frozenset[str]:
    """Return what the shared environment must have for these examples."""
    wanted: frozenset[str] = frozenset()
    for one in selected:
        wanted |= one.fragment.parts - (one.rig_parts if one.opens_rig else frozenset())
        if not one.opens_rig:
            wanted |= topology.ALWAYS
    return topology.with_needs(wanted)
