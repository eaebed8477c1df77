"""Which fields a gateway document may have: asked of the readers themselves, not of a list beside them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.document.draft import Draft, Surroundings
from gateway.document.fields import Fields, Problem, shown
from gateway.document.plugins import PluginKind
from gateway.document.reading import FORMAT, read_top
from gateway.policies.order import KINDS
from gateway.slices import at_once

_WITH_ONE_OF_EACH: Mapping[str, Any] = {
    "_format_version": FORMAT,
    "services": [{}],
    "routes": [{}],
    "consumers": [{"username": "probe"}, {}],
    "plugins": [{}],
    "jwt_secrets": [{"consumer": "probe"}],
    "keyauth_credentials": [{"consumer": "probe"}],
    "acls": [{"consumer": "probe"}],
}


@dataclass(slots=True)
class Field:
    """What a reader asked for. `kind` is the name of the question; `accepted` is set for `only`."""

    name: str
    kind: str
    type: str = ""
    default: Any = None
    accepted: tuple[Any, ...] = ()
    required: bool = False


@dataclass(slots=True)
class Asked:
    """Everything that was asked of one kind of object, in order, and what holds of it as a whole."""

    fields: dict[str, Field] = field(default_factory=dict)
    rules: list[str] = field(default_factory=list)

    def note(self, name: str, kind: str, **facts: Any) -> None:
        """Keep the first question about a field that says more than `raw`."""
        known = self.fields.get(name)
        if known is None or known.kind == "raw":
            self.fields[name] = Field(name, kind, **facts)


class Probe(Fields):
    """An object of a document that notes what its reader asks for.

    Shape: `groups` collects by the name of a list, `prefix` leads the fields of an object inside.
    """

    def __init__(
        self,
        raw: Any,
        pointer: str,
        problems: list[Problem],
        groups: dict[str, Asked],
        group: str,
        prefix: str = "",
    ) -> None:
        self.asked = groups.setdefault(group, Asked())
        self._groups, self._group, self._prefix = groups, group, prefix
        super().__init__(raw, pointer, problems)

    def complain(self, name: str, message: str) -> None:
        if not name and message.startswith("must have "):
            self.asked.rules.append(message)
        if message == "is required" and self._prefix + name in self.asked.fields:
            self.asked.fields[self._prefix + name].required = True
        super().complain(name, message)

    def _note(self, name: str, kind: str, **facts: Any) -> None:
        self.asked.note(self._prefix + name, kind, **facts)

    def raw(self, name: str) -> Any:
        self._note(name, "raw")
        return super().raw(name)

    def text(self, name: str, default: str | None = None, required: bool = False) -> str | None:
        self._note(name, "text", type="text", default=default or None)
        return super().text(name, default, required)

    def secret(self, name: str, required: bool = False) -> str | None:
        self._note(name, "secret", type="text, kept secret")
        return super().secret(name, required)

    def number(self, name: str, default: int | None, low: int, high: int) -> int | None:
        self._note(name, "number", type=f"whole number, {low} to {high}", default=default)
        return super().number(name, default, low, high)

    def flag(self, name: str, default: bool) -> bool:
        self._note(name, "flag", type="true or false", default=default)
        return super().flag(name, default)

    def choice(self, name: str, options: tuple[str, ...], default: str) -> str:
        words = ", ".join(f"`{option}`" for option in options)
        self._note(name, "choice", type=f"one of {words}", default=default)
        return super().choice(name, options, default)

    def texts(self, name: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        self._note(name, "texts", type="list of texts", default=default or None)
        return super().texts(name, default)

    def reference(self, name: str) -> str | None:
        self._note(name, "reference", type="name or id")
        return super().reference(name)

    def only(self, name: str, *accepted: Any) -> None:
        self._note(name, "only", accepted=accepted)
        super().only(name, *accepted)

    def ignore(self, *names: str) -> None:
        for name in names:
            self._note(name, "ignore")
        super().ignore(*names)

    def object(self, name: str) -> "Probe":
        self._note(name, "object", type="object")
        inside = f"{self._prefix}{name}."
        raw = super().raw(name) or {}
        return Probe(raw, self.at(name), self._problems, self._groups, self._group, inside)

    def objects(self, name: str) -> list[Fields]:
        self._note(name, "objects", type="list of objects")
        return [
            Probe(child, f"{self.at(name)}/{number}", self._problems, self._groups, name)
            for number, child in enumerate(super().raw(name) or [])
        ]


def of_document() -> dict[str, Asked]:
    """What may stand in a document: by the name of a list, "" for the document itself."""
    groups: dict[str, Asked] = {}
    draft = Draft(Surroundings(KINDS, has_redis=True))
    at_once(read_top(Probe(_WITH_ONE_OF_EACH, "", draft.problems, groups, ""), draft))
    return groups


def of_plugin(kind: PluginKind) -> Asked:
    """What may stand in the config of a plugin."""
    groups: dict[str, Asked] = {}
    kind.read(Probe({}, "", [], groups, kind.name))
    return groups[kind.name]


def accepted_in_words(found: Field) -> str:
    """Say which values a field of later versions may have today."""
    values = ("[]" if value == [] else shown(value) for value in found.accepted)
    return " or ".join(f"`{value}`" for value in values) or "none"
