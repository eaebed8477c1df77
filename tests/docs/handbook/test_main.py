"""`make reference` writes, `--check` only looks, and a gap is one line."""

from pathlib import Path

import pytest

from docs.handbook import pages
from docs.handbook.__main__ import main
from docs.handbook.gaps import NoWords


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(pages, "FOLDER", tmp_path)
    monkeypatch.setattr(pages, "PAGES", {"one.md": ("the one", lambda: "# One\n")})
    return tmp_path


def test_it_writes_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert capsys.readouterr().out == "reference: wrote README.md, one.md\n"
    assert "- [One](one.md): the one" in (folder / "README.md").read_text()
    assert main([]) == 0
    assert capsys.readouterr().out == "reference: current\n"


def test_check_writes_nothing_and_names_the_remedy(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--check"]) == 1
    assert "out of date: README.md, one.md; run make reference" in capsys.readouterr().err
    assert list(folder.iterdir()) == []


def test_a_gap_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def draw() -> str:
        raise NoWords("the field x has no words")

    monkeypatch.setattr(pages, "PAGES", {"one.md": ("the one", draw)})

    assert main([]) == 1
    assert capsys.readouterr().err == "reference: the field x has no words\n"
