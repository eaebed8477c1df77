"""Reading one object of a document: every field is asked for by name, every finding is kept.

A reader never stops at the first error. What it returns after one is a stand-in; the caller
looks at the list of problems before it believes any value.
"""

import re
from dataclasses import dataclass
from typing import Any

from gateway.document.repeated import Repeated

# Half a surrogate pair is no character: it could not even be sent.
CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a document, and where (RFC 6901)."""

    pointer: str
    message: str

    def __str__(self) -> str:
        text = f"{self.pointer or '/'} {self.message}"
        return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def problem(pointer: str, message: str) -> Problem:
    """A problem that can be encoded, whatever the document holds."""
    pointer, message = (
        text.encode("utf-8", "backslashreplace").decode() for text in (pointer, message)
    )
    return Problem(pointer, message)


class DocumentRefused(Exception):
    """A document with problems: all of them, in the order they were found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


class Fields:
    """One object of the document, at its pointer."""

    def __init__(self, raw: Any, pointer: str, problems: list[Problem]) -> None:
        self.pointer = pointer
        self._problems = problems
        self._raw: dict[Any, Any] = raw if isinstance(raw, dict) else {}
        self._known: set[str] = set()
        self._mute = False
        if isinstance(raw, Repeated):
            self._raw = raw.values
            for name in raw.keys:
                self._problems.append(problem(member(pointer, name), "is written twice"))
        elif not isinstance(raw, dict):
            self.complain("", f"must be an object, found {shown(raw)}")
            self._mute = True  # what it lacks besides is no news

    def complain(self, name: str, message: str) -> None:
        """Note a problem of the field, or of the object itself when the name is empty."""
        if not self._mute:
            self._problems.append(problem(self.at(name), message))

    def at(self, name: str) -> str:
        return f"{self.pointer}/{escaped(name)}" if name else self.pointer

    def has(self, name: str) -> bool:
        return self._raw.get(name) is not None

    def names(self) -> list[str]:
        """Every name there is, for objects whose names are data."""
        return [name for name in self._raw if isinstance(name, str)]

    def raw(self, name: str) -> Any:
        self._known.add(name)
        return self._raw.get(name)

    # -- values; None and absent are the same, as in what Kong's tools export

    def text(self, name: str, default: str | None = None, required: bool = False) -> str | None:
        value = self.raw(name)
        if value is None:
            if required:
                self.complain(name, "is required")
            return default
        if not isinstance(value, str) or not value:
            self.complain(name, f"must be a text, found {shown(value)}")
            return default
        if CONTROL.search(value):
            self.complain(name, "must not contain control characters")
            return default
        return value

    def secret(self, name: str, required: bool = False) -> str | None:
        """A text that no message may show."""
        value = self.raw(name)
        if value is None:
            if required:
                self.complain(name, "is required")
        elif not isinstance(value, str) or not value or CONTROL.search(value):
            self.complain(name, "must be a text without control characters")
        else:
            return value
        return None

    def number(self, name: str, default: int | None, low: int, high: int) -> int | None:
        value = self.raw(name)
        if value is None:
            return default
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.complain(
                name, f"must be a whole number from {low} to {high}, found {shown(value)}"
            )
            return default
        return value

    def flag(self, name: str, default: bool) -> bool:
        value = self.raw(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.complain(name, f"must be true or false, found {shown(value)}")
            return default
        return value

    def choice(self, name: str, options: tuple[str, ...], default: str) -> str:
        value = self.raw(name)
        if value is None:
            return default
        if value not in options:
            self.complain(name, f"must be one of {', '.join(options)}, found {shown(value)}")
            return default
        return str(value)

    def texts(self, name: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        value = self.raw(name)
        if value is None:
            return default
        if not isinstance(value, list):
            self.complain(name, f"must be a list of texts, found {shown(value)}")
            return default
        for index, item in enumerate(value):
            if not isinstance(item, str) or not item or CONTROL.search(item):
                self.complain(f"{name}/{index}", f"must be a text, found {shown(item)}")
        return tuple(item for item in value if isinstance(item, str))

    def object(self, name: str) -> "Fields | None":
        value = self.raw(name)
        return None if value is None else Fields(value, self.at(name), self._problems)

    def objects(self, name: str) -> "list[Fields]":
        value = self.raw(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.complain(name, f"must be a list, found {shown(value)}")
            return []
        at = self.at(name)
        return [Fields(item, f"{at}/{i}", self._problems) for i, item in enumerate(value)]

    def reference(self, name: str) -> str | None:
        """The name or id of another entity: a text, {"name": …} or {"id": …}."""
        value = self.raw(name)
        if isinstance(value, dict) and len(value) == 1:
            value = value.get("name") or value.get("id") or value.get("username") or value
        if value is None or isinstance(value, str):
            return value or None
        self.complain(name, f"must be a name or {{'name': …}} or {{'id': …}}, found {shown(value)}")
        return None

    # -- the rest

    def only(self, name: str, *accepted: Any) -> None:
        """A field that this version knows with these values only; absent is always right."""
        value = self.raw(name)
        if value is not None and value not in accepted:
            shown_values = " or ".join(shown(option) for option in accepted)
            instead = f"only {shown_values} is accepted" if accepted else "leave it out"
            self.complain(name, f"is not in this version: {instead}, found {shown(value)}")

    def ignore(self, *names: str) -> None:
        self._known.update(names)

    def finish(self) -> None:
        """Whatever nobody asked for is an error."""
        for name in self._raw:
            if name not in self._known:
                self._problems.append(problem(member(self.pointer, str(name)), "unknown field"))


def member(pointer: str, name: str) -> str:
    """The pointer of a member whose name may hold anything."""
    return f"{pointer}/{escaped(name, '/')}"


def escaped(name: str, border: str = "") -> str:
    """A name as part of a JSON pointer; a `border` inside it is escaped too."""
    name = name.replace("~", "~0")
    return name.replace(border, "~1") if border else name


def shown(value: Any) -> str:
    """A found value, short enough for one line."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value}"' if len(value) <= 60 else f'"{value[:57]}…"'
        case int() if value.bit_length() > 200:
            return "a very long number"
        case int() | float():
            return str(value)
        case list():
            return "a list"
        case dict():
            return "an object"
        case Repeated():
            return "an object with a key written twice"
        case _:
            return f"a {type(value).__name__}"
