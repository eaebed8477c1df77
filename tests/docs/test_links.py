"""Links on pages lead somewhere, and every page can be reached."""

from pathlib import Path

import pytest

from docs.handbook import written
from harness.settings import ROOT


@pytest.mark.parametrize("page", written.every_page(), ids=written.shown)
def test_every_relative_link_resolves(page: Path) -> None:
    lost = []
    for target in written.links(page):
        file, _, anchor = target.partition("#")
        path = (page.parent / file).resolve() if file else page
        if not path.exists() or (anchor and anchor not in written.anchors(path)):
            lost.append(target)

    assert lost == []


def test_every_page_can_be_reached_from_the_index() -> None:
    index = ROOT / "docs" / "README.md"
    reached: set[Path] = set()
    todo = [index]
    while todo:
        page = todo.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        todo += [(page.parent / link.partition("#")[0]).resolve() for link in written.links(page)]

    assert set(written.every_page()) - reached == set()


def test_the_readme_leads_to_the_index() -> None:
    assert "docs/README.md" in written.links(ROOT / "README.md")
