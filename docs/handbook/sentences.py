"""The page of sentences: every Given, When and Then that a feature may say."""

import importlib
import re
from collections.abc import Iterable

from docs.handbook import specification
from docs.handbook.markdown import code, codes, first_line, link, page, sentence, table
from harness import topology
from harness.scenario import function_answers, odd_answers, odd_requests, odd_tokens, people
from harness.specification import sentences
from harness.specification.sentences import Definition
from steps import MODULES

_INTRO = """\
Every sentence that a feature may say, by module. A word in braces is a hole. A sentence that **opens
a rig** starts an environment of the scenario's own: the scenario needs the tag `@needs-rig`.

A hole in quotes takes any text without a quote, `{count}` and the like take a whole number,
`{service}` one of the services below, `{outcome}` an [outcome](outcomes.md).
"""
_KINDS = {"given": 0, "when": 1, "then": 2}
_TYPE = re.compile(r"\{(\w+):\w+\}")
_PHRASES: tuple[tuple[str, Iterable[str]], ...] = (
    ("`{service}`", topology.SPOKEN),
    ("People, and applications on whose behalf they call", people.PEOPLE),
    ("`{token}`: tokens that must be refused", odd_tokens.ODD_TOKENS),
    ("`{request}`: requests that no client would send", odd_requests.ODD_REQUESTS),
    ("`{answers}`: answers that no sound service gives", odd_answers.ODD_ANSWERS),
    ("`{answer}`: what a function does", function_answers.ANSWERS),
)


def known() -> list[Definition]:
    """Every sentence there is."""
    for module in MODULES:
        importlib.import_module(module)
    return sentences.definitions()


def plain(definition: Definition) -> str:
    """A sentence as its author wrote it: `{count:d}` is `{count}`."""
    return _TYPE.sub(r"{\1}", definition.text)


def draw() -> str:
    blocks = [_INTRO]
    definitions = known()
    for name in MODULES:
        own = [one for one in definitions if one.function.__module__ == name]
        blocks += [f"## {name.partition('.')[2]}", _about(name), _table(own)]
    blocks.append("## Phrases that fill a hole")
    for title, phrases in _PHRASES:
        blocks.append(f"{title}: {codes(phrases)}.")
    return page("Sentences", *blocks)


def _about(name: str) -> str:
    said = sentence(first_line(importlib.import_module(name).__doc__))
    return f"{said} ({link(f'{name}', name.replace('.', '/') + '.py')})"


def _table(own: list[Definition]) -> str:
    in_order = sorted(own, key=lambda one: (_KINDS[one.kind], one.text))
    return table(["", "sentence", "for example"], [_row(one) for one in in_order])


def _row(definition: Definition) -> list[str]:
    words = code(plain(definition))
    if definition.needs.opens_rig:
        words += f" **opens a rig** of {codes(sorted(definition.needs.parts))}"
        if definition.needs.links:
            words += f", which can cut {codes(sorted(definition.needs.links))}"
    if said := definition.function.__doc__:
        words += f" {sentence(first_line(said))}"
    used = specification.first_use(definition)
    shown = f"{used[0]} ({link(used[1].area, used[1].file)})" if used else "nowhere yet"
    return [definition.kind.title(), words, shown]
