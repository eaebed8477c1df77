"""Who may write into the report folder."""

from pathlib import Path

import pytest

from harness.report.folder import open_folder


def test_a_free_folder_is_made_and_taken(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "deep" / "report", "k3f9")

    assert folder.path == tmp_path / "deep" / "report"
    assert folder.path.is_dir()
    assert not folder.elsewhere
    folder.release()


def test_a_folder_in_use_leads_to_one_beside_it_with_the_runs_id(tmp_path: Path) -> None:
    first = open_folder(tmp_path / "report", "aaaa")
    second = open_folder(tmp_path / "report", "bbbb")

    assert second.path == tmp_path / "report.bbbb"
    assert second.wanted == tmp_path / "report"
    assert second.elsewhere
    first.release()
    second.release()


def test_what_stands_in_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    first = open_folder(tmp_path / "report", "aaaa")
    (first.path / "run.ndjson").write_text("{}")

    open_folder(tmp_path / "report", "bbbb").release()

    assert (first.path / "run.ndjson").read_text() == "{}"
    first.release()


def test_a_released_folder_is_free_again(tmp_path: Path) -> None:
    open_folder(tmp_path / "report", "aaaa").release()

    again = open_folder(tmp_path / "report", "bbbb")

    assert not again.elsewhere
    again.release()


def test_with_both_folders_in_use_it_says_so(tmp_path: Path) -> None:
    held = [open_folder(tmp_path / "report", "aaaa") for _ in range(2)]

    with pytest.raises(BlockingIOError, match="its sibling for run aaaa are in use"):
        open_folder(tmp_path / "report", "aaaa")
    for folder in held:
        folder.release()
