"""Every page of the reference, in the order in which its index lists them. A new page is a line here."""

from collections.abc import Callable
from pathlib import Path

from docs.handbook import (
    commands,
    document,
    outcomes,
    plain,
    planted_bugs,
    refusals,
    sentences,
    settings_page,
)
from docs.handbook.markdown import page
from harness.settings import ROOT

FOLDER = ROOT / "docs" / "reference"

PAGES: dict[str, tuple[str, Callable[[], str]]] = {
    "sentences.md": ("every Given, When and Then, with an example", sentences.draw),
    "outcomes.md": ('what "refused as over quota" means on the wire', outcomes.draw),
    "tags.md": ("tags, capabilities, and how real each resource is", plain.tags),
    "verdicts.md": ("what a scenario can get, and exit codes", plain.verdicts),
    "commands.md": ("make targets and variables, `gateproof`, other programs", commands.draw),
    "settings.md": ("options of gateway and services, environment variables", settings_page.draw),
    "document.md": ("every field of a gateway document, with type and default", document.draw),
    "refusals.md": ("every answer that the reference gateway makes by itself", refusals.draw),
    "deviations.md": ("where the reference gateway differs from Kong, and why", plain.deviations),
    "faults.md": ("what can be broken on purpose", plain.fault_kinds),
    "planted-bugs.md": ("every bug that somebody must notice, and who does", planted_bugs.draw),
    "waiting.md": ("how long the harness waits for what", plain.waiting_times),
}


def drawn() -> dict[Path, str]:
    """Draw every page, and the index."""
    found = {FOLDER / name: draw() for name, (_, draw) in PAGES.items()}
    return {FOLDER / "README.md": _index(found), **found}


def _index(found: dict[Path, str]) -> str:
    lines = [
        f"- [{_title(text)}]({path.name}): {PAGES[path.name][0]}" for path, text in found.items()
    ]
    return page(
        "Reference",
        "Drawn from the code, so that it says what is, not what was meant. A test holds that these "
        "pages are current; `make reference` draws them anew.",
        "\n".join(lines),
    )


def _title(text: str) -> str:
    return next(line[2:] for line in text.splitlines() if line.startswith("# "))


def stale() -> list[str]:
    """Return the names of pages that differ from the code, or that nobody draws any more."""
    wanted = drawn()
    there = set(FOLDER.glob("*.md"))
    differing = {path for path, text in wanted.items() if path not in there or _read(path) != text}
    return sorted(path.name for path in differing | (there - set(wanted)))


def _read(path: Path) -> str:
    return path.read_text("utf-8")


def write() -> list[str]:
    """Draw every page anew. Returns the names of those that changed."""
    changed = stale()
    wanted = drawn()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in changed:
        path = FOLDER / name
        if path in wanted:
            path.write_text(wanted[path], "utf-8")
        else:
            path.unlink()
    return changed
