"""The state folder: one gateway's own, written whole or not at all."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.settings import SettingsRefused
from gateway.state import joined, own, write_safely


def test_a_folder_belongs_to_one_gateway_at_a_time(tmp_path):
    folder = tmp_path / "deep" / "state"
    lock = own(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    with pytest.raises(SettingsRefused, match="in use by another gateway"):
        own(folder)
    os.close(lock)
    os.close(own(folder))


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsRefused, match=r"--state .* cannot be used: not a directory"):
        own(tmp_path / "file" / "state")


def test_writing_replaces_the_whole(tmp_path):
    path = tmp_path / "file"
    write_safely(path, b"long content")
    write_safely(path, b"short")
    assert path.read_bytes() == b"short"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


TEXTS = st.text(st.characters(exclude_categories=("Cs",)))


@given(st.tuples(TEXTS, TEXTS), st.tuples(TEXTS, TEXTS))
def test_different_names_stay_different_and_fit_a_file(one, other):
    assert (joined(*one) == joined(*other)) == (one == other)
    assert "/" not in joined(*one)
