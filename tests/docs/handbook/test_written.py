"""Blocks, words in code, links and headings are told apart."""

from pathlib import Path

import pytest

from docs.handbook import written

PAGE = """\
# A page: with a `word`

See [the other](other.md#part), [the web](https://example.org) and `[no](link.md)`.

```sh
make e2e  # `not inline`, [no link](gone.md)
```

```python compile
pass
```
"""


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(written, "ROOT", tmp_path)
    path = tmp_path / "page.md"
    path.write_text(PAGE)
    return path


def test_blocks_by_language(page: Path) -> None:
    assert [block.text for block in written.blocks(page, "sh")] == [
        "make e2e  # `not inline`, [no link](gone.md)\n"
    ]
    [block] = written.blocks(page, "python")
    assert (block.words, block.place) == (("compile",), "page.md block 2")


def test_words_links_and_headings_are_those_outside_of_blocks(page: Path) -> None:
    assert written.in_code(page) == ["word", "[no](link.md)"]
    assert written.links(page) == ["other.md#part"]
    assert written.anchors(page) == {"a-page-with-a-word"}
