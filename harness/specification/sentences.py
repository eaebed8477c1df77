"""How a sentence of the specification says what it needs: the decorators for step definitions.

`@declares` is a Given whose arguments become a fragment of the one published document; `@opens_rig`
is one that opens an environment of its scenario's own; `@asks_for` names the parts that any other
sentence needs running.
"""

import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import parse
from pytest_bdd import given, parsers
from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

from harness import outcomes, topology
from harness.scenario import function_answers, odd_answers, odd_requests, odd_tokens, troubles
from harness.specification.fragments import Fragment

_MARK = "__gateproof__"
_HOLE = re.compile(r'("?)\{(\w+)\}("?)')


def _typed(pattern: str) -> Callable[[str], str]:
    @parse.with_pattern(pattern)  # type: ignore[untyped-decorator]
    def keep(text: str) -> str:
        return text

    return keep  # type: ignore[no-any-return]


@parse.with_pattern(r"\d+(?:st|nd|rd|th)")  # type: ignore[untyped-decorator]
def _ordinal(text: str) -> int:
    return int(text[:-2])


@parse.with_pattern(r"an? (?:second|minute|hour)")  # type: ignore[untyped-decorator]
def _period(text: str) -> str:
    return text.split()[1].title()


_TYPES = {
    "Period": _period,
    "Ordinal": _ordinal,
    "Quoted": _typed(r'[^"]+'),
    "FunctionAnswer": _typed("|".join(function_answers.ANSWERS)),
    "OddAnswer": _typed("|".join(re.escape(words) for words in odd_answers.ODD_ANSWERS)),
    "OddRequest": _typed("|".join(re.escape(words) for words in odd_requests.ODD_REQUESTS)),
    "Service": _typed("|".join(topology.SPOKEN)),
    "Trouble": _typed("|".join(troubles.Kind)),
    "Words": _typed(r"[A-Za-z][A-Za-z0-9' -]*?"),
    "Outcome": _typed(outcomes.PATTERN),
    "OddToken": _typed(
        "|".join(re.escape(words) for words in sorted(odd_tokens.ODD_TOKENS, key=len, reverse=True))
    ),
}

_BY_NAME = {"service": "Service"}


def says(sentence: str) -> parsers.parse:
    """Return the parser of a sentence with holes.

    A hole in quotes takes anything but a quote, one outside takes words; `{service}`,
    `{outcome:Outcome}`, `{token:OddToken}` and `{answer:FunctionAnswer}` take only what their tables know, so that lint finds
    a phrase nobody knows; `{number:Ordinal}` takes 1st, 2nd and so on.
    """

    def typed(hole: re.Match[str]) -> str:
        kind = "Quoted" if hole[1] and hole[3] else _BY_NAME.get(hole[2], "Words")
        return f"{hole[1]}{{{hole[2]}:{kind}}}{hole[3]}"

    return parsers.parse(_HOLE.sub(typed, sentence), extra_types=dict(_TYPES), case_sensitive=True)


@dataclass(frozen=True, slots=True)
class Needs:
    """What a sentence needs.

    Shape:  parts are started for it; in a rig, `links` get a relay that can be cut; `fragment`
            makes a piece of document from the sentence's arguments; `parts_for` says which parts
            the arguments name.
    """

    parts: frozenset[str] = frozenset()
    opens_rig: bool = False
    links: frozenset[str] = frozenset()
    fragment: Callable[..., Fragment] | None = None
    parts_for: Callable[..., Iterable[str]] | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """One step definition, as a sentence with holes."""

    kind: str
    text: str
    needs: Needs
    context: StepFunctionContext

    def matches(self, kind: str, sentence: str) -> bool:
        return self.context.type in (None, kind) and self.context.parser.is_matching(sentence)

    def arguments(self, sentence: str) -> dict[str, Any]:
        found: dict[str, Any] = self.context.parser.parse_arguments(sentence) or {}
        return {
            name: self.context.converters[name](value) if name in self.context.converters else value
            for name, value in found.items()
        }

    def fragment(self, sentence: str) -> Fragment:
        """Return what the sentence declares, with the parts that it needs outside its rig."""
        needs, arguments = self.needs, self.arguments(sentence)
        made = needs.fragment(**arguments) if needs.fragment else Fragment()
        parts = frozenset() if needs.opens_rig else needs.parts
        if needs.parts_for is not None:
            wanted = inspect.signature(needs.parts_for).parameters
            parts |= frozenset(needs.parts_for(**{n: arguments[n] for n in wanted}))
        return replace(made, parts=made.parts | parts)

    @property
    def function(self) -> Callable[..., Any]:
        """The function that its author wrote."""
        return self.needs.fragment or self.context.step_func

    @property
    def place(self) -> str:
        code = self.function.__code__
        return f"{code.co_filename}:{code.co_firstlineno}"


def declares(sentence: str) -> Callable[[Callable[..., Fragment]], Callable[..., Fragment]]:
    """Make a Given out of a function from the sentence's arguments to a fragment.

    The fragment is part of the document before the scenario runs; the step itself only makes sure
    that the gateway accepted it.
    """

    def decorate(fragment: Callable[..., Fragment]) -> Callable[..., Fragment]:
        def declared(stage: Any) -> None:
            stage.require_published()

        setattr(declared, _MARK, Needs(fragment=fragment))
        given(says(sentence), stacklevel=2)(declared)
        return fragment

    return decorate


def opens_rig(
    sentence: str, *, parts: Iterable[str], links: Iterable[str] = ()
) -> Callable[[Callable[..., Fragment]], Callable[..., Fragment]]:
    """Make a Given that opens a rig with these private parts, and relays on these links.

    The function may add a fragment to the document that the rig serves.
    """
    wanted, breakable = frozenset(parts), frozenset(links)

    def decorate(fragment: Callable[..., Fragment]) -> Callable[..., Fragment]:
        def opened(stage: Any) -> None:
            stage.open_rig(wanted, breakable)

        setattr(opened, _MARK, Needs(wanted, True, breakable, fragment))
        given(says(sentence), stacklevel=2)(opened)
        return fragment

    return decorate


def asks_for(
    *parts: str, named_by: Callable[..., Iterable[str]] | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Say which parts a sentence needs running. Goes below the given, when or then.

    `named_by` takes arguments of the sentence and returns the parts that they name.
    """

    def decorate(step: Callable[..., Any]) -> Callable[..., Any]:
        setattr(step, _MARK, Needs(parts=frozenset(parts), parts_for=named_by))
        return step

    return decorate


def definitions() -> list[Definition]:
    """Return every step definition of ours that has been imported."""
    found = [
        Definition(
            context.type or "*",
            context.parser.name,
            getattr(context.step_func, _MARK, Needs()),
            context,
        )
        for context in list(step_function_context_registry.values())
        if not context.step_func.__module__.startswith("pytest_bdd.")  # its own debugging step
    ]
    return sorted(found, key=lambda one: (one.kind, one.text))


def is_coroutine(definition: Definition) -> bool:
    return inspect.iscoroutinefunction(definition.context.step_func)
