"""What was fetched is there whole or not at all."""

from pathlib import Path

import pytest

from harness.images import kept


class Refusal(Exception):
    pass


def test_a_workplace_goes_away_with_what_is_left_in_it(tmp_path: Path) -> None:
    with kept.workplace(tmp_path / "cache", Refusal) as place:
        (place / "half").mkdir()
        (place / "half" / "file").write_text("fetched")
        kept.put(place / "half", tmp_path / "cache" / "whole")

    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["whole"]


def test_who_comes_second_takes_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "whole" / "file").write_text("first")
    with kept.workplace(tmp_path, Refusal) as place:
        (place / "half").mkdir()
        (place / "half" / "file").write_text("second")
        kept.put(place / "half", tmp_path / "whole")

    assert (tmp_path / "whole" / "file").read_text() == "first"


def test_a_cache_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with (
        pytest.raises(Refusal, match=r"cannot keep what is fetched in .*GATEPROOF_CACHE"),
        kept.workplace(tmp_path / "file" / "cache", Refusal),
    ):
        pass
