"""What a page that people wrote says: its blocks, its words in code, its links, its headings. Pure."""

import re
from dataclasses import dataclass
from pathlib import Path

from harness.settings import ROOT

_BLOCK = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block. `language` is the first word behind the fence, `words` are the others."""

    page: str
    number: int
    language: str
    words: tuple[str, ...]
    text: str

    @property
    def place(self) -> str:
        return f"{self.page} block {self.number}"


def by_hand() -> list[Path]:
    """Every page that people wrote."""
    found = [path for path in (ROOT / "docs").rglob("*.md") if not is_drawn(path)]
    return [ROOT / "README.md", ROOT / "features" / "README.md", *sorted(found)]


def every_page() -> list[Path]:
    return [*by_hand(), *sorted((ROOT / "docs" / "reference").glob("*.md"))]


def is_drawn(path: Path) -> bool:
    return path.parent.name == "reference"


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(path: Path, language: str) -> list[Block]:
    """The blocks of one language on a page; "" for those that name none."""
    found = []
    for number, (info, text) in enumerate(_BLOCK.findall(path.read_text("utf-8")), start=1):
        first, *words = info.split() or [""]
        if first == language:
            found.append(Block(shown(path), number, first, tuple(words), text))
    return found


def prose(path: Path) -> str:
    """A page without its blocks."""
    return _BLOCK.sub("", path.read_text("utf-8"))


def in_code(path: Path) -> list[str]:
    """Everything between single backticks."""
    return _INLINE.findall(prose(path))


def links(path: Path) -> list[str]:
    """Where a page leads to, the web left out."""
    found = _LINK.findall(_INLINE.sub("", prose(path)))
    return [target for target in found if "://" not in target]


def anchors(path: Path) -> set[str]:
    """The headings of a page as the ends of links, the way GitHub spells them."""
    titles = _HEADING.findall(prose(path))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
