"""The shape of an answer: status, names of headers, and keys and types of its body; no values."""

import json
from collections.abc import Iterator
from typing import Any

from harness.report.run import Call, Scenario
from harness.warden.bodies import SHOWN

Shape = tuple[str, tuple[str, ...], str]
"""Status, names of headers, and the body in words."""

LONG = "long"
"""A body that was not recorded whole: nothing is said about its shape."""

_FENCE = "/gateproof-fence"


def of(call: Call) -> Shape:
    status = str(call.status) if call.status is not None else "no answer"
    names = tuple(sorted({name.lower() for name, _ in call.headers}))
    whole = not call.body_cut and len(call.body) < SHOWN  # older runs do not say that they cut
    return status, names, body(call.body) if whole else LONG


def by_request(scenario: Scenario) -> dict[str, frozenset[Shape]]:
    """Return the shapes that each request was answered with, named by step, target and method.

    A set, since a request that is repeated until something holds is repeated more or less often;
    the harness's own fences are left out.
    """
    found: dict[str, set[Shape]] = {}
    for call in scenario.calls:
        if not call.path.startswith(_FENCE):
            path = call.path.replace(scenario.suffix, "…") if scenario.suffix else call.path
            name = f"{call.step}: {call.method} {path} to {_target(call.replica)}"
            found.setdefault(name, set()).add(of(call))
    return {name: frozenset(shapes) for name, shapes in found.items()}


def _target(replica: str) -> str:
    """Replicas of one region answer alike: `eu-1` and `eu-2` are "eu"."""
    region, _, number = replica.rpartition("-")
    return region if number.isdigit() and region else replica.partition(".")[0]


def body(text: str) -> str:
    """Draw keys and types of JSON; for anything else say that it is none."""
    if not text:
        return "empty"
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return "text"
    return _drawn(value)


def _drawn(value: Any, depth: int = 0) -> str:
    if depth > _DEEPEST:
        return "…"
    if isinstance(value, dict):
        fields = (f"{key}: {_drawn(one, depth + 1)}" for key, one in sorted(value.items()))
        return "{" + ", ".join(fields) + "}"
    if isinstance(value, list):
        return "[" + " | ".join(sorted({_drawn(one, depth + 1) for one in value})) + "]"
    return _TYPES.get(type(value), "null")


_DEEPEST = 20
_TYPES = {bool: "true or false", int: "number", float: "number", str: "text"}


def differences(before: frozenset[Shape], after: frozenset[Shape]) -> Iterator[str]:
    """Say in words what became of the answers to one request, status by status."""
    was, now = _by_status(before), _by_status(after)
    for status in sorted(was.keys() - now.keys()):
        yield f"{status} is gone"
    for status in sorted(now.keys() - was.keys()):
        yield f"{status} is new"
    for status in sorted(was.keys() & now.keys()):
        yield from _same_status(status, was[status], now[status])


def _by_status(shapes: frozenset[Shape]) -> dict[str, frozenset[Shape]]:
    return {
        status: frozenset(one for one in shapes if one[0] == status)
        for status in {shape[0] for shape in shapes}
    }


def _same_status(status: str, was: frozenset[Shape], now: frozenset[Shape]) -> Iterator[str]:
    headers_was = {name for _, names, _ in was for name in names}
    headers_now = {name for _, names, _ in now for name in names}
    if lost := sorted(headers_was - headers_now):
        yield f"{status} without {', '.join(lost)}"
    if more := sorted(headers_now - headers_was):
        yield f"{status} with {', '.join(more)}"
    bodies_was, bodies_now = {one[2] for one in was}, {one[2] for one in now}
    if LONG not in bodies_was | bodies_now and bodies_was.isdisjoint(bodies_now):
        yield f"{status} body {' or '.join(sorted(bodies_was))} → {' or '.join(sorted(bodies_now))}"
