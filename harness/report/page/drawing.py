"""The templates, and what they may call: every value is made visible and escaped on its way out."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from harness import topology
from harness.report import anchors
from harness.report.page import coverage, outline, text, wire

_HERE = Path(__file__).parent
_SPOKEN = {part: name for name, part in topology.SPOKEN.items()}
_CAPABILITIES = "needs-"


def _finished(value: Any) -> Any:
    """Let nothing out that hides: Jinja escapes what this returns."""
    return text.visible(value) if type(value) is str else value


@cache
def environment() -> Environment:
    """Make the environment, with its templates, once for each process."""
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        finalize=_finished,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        after_colons=lambda id_: str(id_).partition("::")[2],
        area=anchors.area,
        arrived=lambda call, arrival: wire.arrived(call, arrival),
        capability=lambda tag: str(tag).removeprefix(_CAPABILITIES).replace("-", " "),
        counted=text.counted,
        css=lambda word: str(word).replace(" ", "-"),
        dimension=coverage.anchor,
        example=anchors.example,
        fields=wire.fields,
        log=wire.log,
        quoted=quoted,
        request=wire.request,
        response=wire.response,
        row=outline.row_of,
        seconds=text.seconds,
        short=text.short,
        spoken=lambda part: _SPOKEN.get(part, part),
        tally=outline.in_order,
        unmarked=wire.unmarked,
    )
    return made


def asset(*names: str) -> str:
    """Read assets and put them one after the other."""
    return "\n".join((_HERE / "assets" / name).read_text("utf-8") for name in names)


def quoted(sentence: str) -> Markup:
    """Set off what stands in quotes in a step."""
    pieces = str(sentence).split('"')
    if len(pieces) % 2 == 0:
        return Markup("{}").format(text.visible(sentence))
    drawn = [
        Markup("<q>{}</q>").format(text.visible(piece))
        if number % 2
        else escape(text.visible(piece))
        for number, piece in enumerate(pieces)
    ]
    return Markup("").join(drawn)
