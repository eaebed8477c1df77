"""Where things stand on the page: one stable, readable fragment for each thing that can be linked.

Shape: a pure function of what names the thing (an area, a file, a rule's title, an example's id),
       so that links survive other scenarios, other orders and other runs.
"""

import hashlib
import re
import unicodedata

_LONGEST = 56
_NO_LETTER = re.compile(r"[^a-z0-9]+")

VIEWS = ("specification", "coverage", "bugs", "run")
"""The anchors of the page's views."""


def area(name: str) -> str:
    return f"area-{slug(name)}"


def feature(file: str) -> str:
    return f"feature-{_place(file)}-{_short(file)}"


def rule(file: str, title: str) -> str:
    return f"rule-{_place(file)}-{slug(title)}-{_short(f'{file}::{title}')}"


def example(scenario_id: str) -> str:
    """`features/quotas/quotas.feature::Title[row]` → `quotas-title-row-1a2b`."""
    file, _, title = scenario_id.partition("::")
    return f"{_place(file)}-{slug(title)}-{_short(scenario_id)}"


def step(scenario_id: str, number: int) -> str:
    """Number from 1."""
    return f"{example(scenario_id)}-step-{number}"


def slug(text: str) -> str:
    """Draw what a person can read and a URL can hold; it need not be unique."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NO_LETTER.sub("-", plain)[:_LONGEST].strip("-") or "x"


def _place(file: str) -> str:
    """The name of a feature file without its folder; it begins with a letter."""
    stem = slug(file.rpartition("/")[2].removesuffix(".feature"))
    return stem if stem[0].isalpha() else f"x-{stem}"


def _short(text: str) -> str:
    """What keeps titles apart that read alike."""
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:4]
