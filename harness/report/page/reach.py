"""What could be exercised: read from the sources of the gateway as data, never imported.

The harness may not import its subject, and a list generated beside it would go stale: so the
sources are parsed, and a gateway that is not here, or is written differently, has no list.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_READERS = {"text", "secret", "number", "flag", "choice", "texts", "object", "objects", "raw"}
_ENTITIES = {
    "service": "service",
    "service_address": "service",
    "route": "route",
    "consumer": "consumer",
    "jwt_secret": "jwt_secret",
    "public_key": "jwt_secret",
    "keyauth_credential": "keyauth_credential",
    "acl": "group",
}
"""The functions that read the entities of a document, by the kind they read."""


@dataclass(frozen=True, slots=True)
class Refusal:
    code: str
    status: int
    message: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Shape: fields by the kind of entity or the name of the plugin. Empty: not known."""

    refusals: tuple[Refusal, ...] = ()
    plugins: tuple[str, ...] = ()
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)


def of_sources(folder: Path) -> Reach:
    """Read what the gateway in a folder can do. Never raises: what cannot be read is not known."""
    gateway = folder / "gateway"
    plugins: dict[str, tuple[str, ...]] = {}
    for file in sorted([*gateway.glob("policies/*.py"), *gateway.glob("backends/*.py")]):
        tree = _parsed(file)
        for name in _plugin_names(tree):
            plugins[name] = tuple(sorted(set(_fields_in(tree))))
    entities: dict[str, set[str]] = {}
    for file in (gateway / "document/parts.py", gateway / "document/credentials.py"):
        for node in ast.walk(_parsed(file)):
            if isinstance(node, ast.FunctionDef) and node.name in _ENTITIES:
                entities.setdefault(_ENTITIES[node.name], set()).update(_fields_in(node))
    fields = {kind: tuple(sorted(names)) for kind, names in entities.items()}
    refusals = tuple(_refusals(_parsed(gateway / "refusals.py")))
    return Reach(refusals, tuple(sorted(plugins)), {**fields, **plugins})


def _parsed(file: Path) -> ast.AST:
    try:
        return ast.parse(file.read_text("utf-8"))
    except (OSError, SyntaxError, ValueError):
        return ast.Module([], [])


def _refusals(tree: ast.AST) -> Iterator[Refusal]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) == "Refusal" and len(node.args) >= 3:
            code, status, message = (
                arg.value if isinstance(arg, ast.Constant) else None for arg in node.args[:3]
            )
            if isinstance(code, str) and isinstance(status, int) and isinstance(message, str):
                yield Refusal(code, status, message)


def _plugin_names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) == "PluginKind":
            yield from _texts(node.args[:1])


def _fields_in(tree: ast.AST) -> Iterator[str]:
    """Every name that is asked of `fields`, by a method or by a function that takes both."""
    loops = dict(_loops(tree))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        if isinstance(node.func, ast.Attribute):
            if node.func.attr in _READERS and _is_fields(node.func.value):
                yield from _texts(node.args[:1])
                if isinstance(node.args[0], ast.Name):
                    yield from loops.get(node.args[0].id, ())
        elif _is_fields(node.args[0]):
            yield from (name for name in _texts(node.args[1:2]) if name.isidentifier())


def _is_fields(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "fields"


def _loops(tree: ast.AST) -> Iterator[tuple[str, list[str]]]:
    """Names that go through texts written on the spot: `for name in ("paths", "hosts")`."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.For | ast.comprehension)
            and isinstance(node.target, ast.Name)
            and isinstance(node.iter, ast.Tuple | ast.List)
        ):
            yield node.target.id, list(_texts(node.iter.elts))


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _texts(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
