"""What a scenario needs and an environment has not: decided before anything is planned or published."""

from collections.abc import Iterable, Mapping
from typing import Any

from harness import topology
from harness.specification import tags
from harness.specification.catalogue import Understood

_ABSENT = "absent"
_WORDS = {
    "rig": "an environment of its own",
    "document": "a document of its own to be published",
}


def unfit(understood: Iterable[Understood], facts: Mapping[str, Any]) -> dict[str, str]:
    """Return the reason why by the id of each example that cannot run here.

    Shape: facts has the environment's name and its fidelity.
    """
    found = {}
    for one in understood:
        if reason := not_runnable(one, facts["environment"], facts["fidelity"]):
            found[one.example.id] = reason
    return found


def not_runnable(one: Understood, environment: str, fidelity: Mapping[str, str]) -> str | None:
    """Say in one line what the environment lacks for an example; None when it lacks nothing."""
    lacking = [need for need in _needs(one) if _fidelity(need, fidelity) == _ABSENT]
    if "document" in lacking:  # what it would have named is no matter then
        lacking = ["document"]
    if lacking:
        named = " and ".join(_WORDS.get(need, need) for need in lacking)
        return f"needs {named}; {environment} has none here. Try ENV=embedded"
    return tags.not_runnable(one.example.tags, environment, fidelity)


def _needs(one: Understood) -> list[str]:
    """What it needs that may be absent, by the names that fidelity has: what matters most first."""
    if one.opens_rig:
        return ["rig"]
    fragment = one.fragment
    writes = any(
        (fragment.services, fragment.routes, fragment.consumers, fragment.plugins, fragment.scripts)
    )
    return [*(["document"] if writes else []), *sorted(fragment.parts)]


def _fidelity(need: str, fidelity: Mapping[str, str]) -> str | None:
    part = topology.PARTS.get(need)
    return fidelity.get(need) or (fidelity.get(part.kind) if part else None)
