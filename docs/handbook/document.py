"""The page of the gateway document: every field of every entity and plugin, its type and default."""

from collections.abc import Iterable
from typing import Any

from docs.handbook import fields, meanings
from docs.handbook.fields import Asked, Field
from docs.handbook.gaps import NoWords
from docs.handbook.markdown import code, codes, page, sentence, table
from gateway.policies.order import KINDS

_INTRO = """\
A gateway document is Kong's declarative format, `_format_version: "3.0"`, as YAML or JSON. Children
stand inside their parent or at top level with the parent's name. A document is accepted whole or
refused whole; `python -m gateway --check FILE` says everything that is wrong with one, with the place.

A field that no table names is an error, except the neutral ones, which change nothing: at the top
TOP, in an entity INSIDE. So a file from Kong's own tools loads. `null` is the same as leaving a
field out.
"""
_ENTITIES = {
    "services": "What is behind the gateway, and how it is reached.",
    "routes": "What leads to a service. Of several that fit, the one with more kinds of attributes "
    "wins; then exact hosts before wildcards, more header rules, the longer path.",
    "consumers": "An application that the gateway knows by a credential.",
    "jwt_secrets": "How a consumer signs its tokens.",
    "keyauth_credentials": "An API key of a consumer.",
    "acls": "A group that a consumer is in.",
    "plugins": "A policy, or a backend, and where it applies: everywhere, or on the route, service or "
    "consumer that it stands in or names.",
}


def draw() -> str:
    groups = fields.of_document()
    top = groups.pop("")
    inside = sorted({name for asked in groups.values() for name in _ignored(asked)})
    intro = _INTRO.replace("TOP", codes(_ignored(top))).replace("INSIDE", codes(inside))
    blocks = [intro, "## The document itself", _table("", top)]
    blocks.append("## Entities")
    for name, asked in groups.items():
        if name != "_info":
            blocks += [f"### {name}", _ENTITIES[name], *_described(name, asked)]
    blocks.append("## Plugins, in the order in which they see a request")
    for name, kind in KINDS.items():
        where = ", also for a consumer" if kind.per_consumer else ""
        blocks += [f"### {name}", f"Everywhere, on a service or a route{where}."]
        blocks += _described(name, fields.of_plugin(kind))
    return page("The gateway document", *blocks)


def _described(owner: str, asked: Asked) -> list[str]:
    blocks = [_table(owner, asked)]
    blocks += [sentence(rule.replace("must have", "It must have")) for rule in asked.rules]
    later = [one for one in asked.fields.values() if one.kind == "only"]
    if later:
        says = ", ".join(f"{code(one.name)} ({fields.accepted_in_words(one)})" for one in later)
        blocks.append(
            f"Not in this version, with the only value that is accepted all the same: {says}."
        )
    return blocks


def _ignored(asked: Asked) -> Iterable[str]:
    return (one.name for one in asked.fields.values() if one.kind == "ignore")


def tabled(asked: Asked) -> list[Field]:
    """The fields that mean something today."""
    return [
        one
        for one in asked.fields.values()
        if one.kind not in ("only", "ignore") and not meanings.of_no_use(one.name)
    ]


def _table(owner: str, asked: Asked) -> str:
    rows = [_row(owner, one) for one in tabled(asked)]
    return table(["field", "type", "default", "means"], rows)


def _row(owner: str, one: Field) -> list[str]:
    means = meanings.of(owner, one.name)
    if means is None:
        raise NoWords(f"the field {one.name} of {owner or 'a document'} has no words; "
                      "add them in handbook/meanings.py")  # fmt: skip
    kind = one.type or meanings.TYPES.get(one.name, "")
    if not kind:
        raise NoWords(
            f"the field {one.name} of {owner} has no type; add it in handbook/meanings.py"
        )
    default = "**required**" if one.required else _default(one.default)
    return [code(one.name), kind, default, sentence(means)]


def _default(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return code("true" if value else "false")
        case tuple():
            return codes(value)
        case _:
            return code(value)
