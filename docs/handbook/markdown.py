"""Markdown from values. Pure."""

import re
from collections.abc import Iterable, Sequence

MARK = "<!-- Drawn from the code by `make reference`: change the code, not this page. -->"


def page(title: str, *blocks: str) -> str:
    """Put a page together: the mark, the title, then blocks with an empty line between them."""
    return (
        "\n\n".join([MARK, f"# {title}", *(block.strip("\n") for block in blocks if block)]) + "\n"
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def code(value: object) -> str:
    return f"`{value}`"


def codes(values: Iterable[object]) -> str:
    return ", ".join(code(value) for value in values)


def link(text: str, path: str) -> str:
    """Link from a page of `docs/reference/` to a file, seen from the checkout."""
    return f"[{text}](../../{path})"


def first_line(docstring: str | None) -> str:
    return (docstring or "").strip().partition("\n")[0]


def sentence(text: str) -> str:
    """Begin with a capital letter, where the first word is a word, and end with a full stop."""
    text = " ".join(text.split())
    first = text[:1].upper() if re.match(r"[a-z]+[ ,;.']", text) else text[:1]
    return first + text[1:] + ("" if text.endswith((".", ":")) else ".")
