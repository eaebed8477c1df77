"""The spill folder: files of mode 0600 that survive, and never hold half a record in their middle."""

import errno
import os

import pytest

from gateway.spill.files import Found, SpillFiles


def test_what_is_appended_is_found_by_the_next_life(tmp_path):
    files = SpillFiles(tmp_path / "new" / "spill")
    files.append(1, [b"a", b"b"])
    files.append(1, [b"c"])
    files.append(2, [b"d"])
    files.sync()
    next_life = SpillFiles(tmp_path / "new" / "spill")
    assert next_life.recover() == [Found(1, 3), Found(2, 1)]
    assert next_life.next_number == 3
    assert next_life.bytes == files.bytes > 0
    assert next_life.read(1) == ([b"a", b"b", b"c"], 0)
    next_life.remove(1)
    next_life.remove(1)
    assert SpillFiles(tmp_path / "new" / "spill").recover() == [Found(2, 1)]


def test_only_the_owner_can_read_them(tmp_path):
    SpillFiles(tmp_path / "spill").append(1, [b"a"])
    assert (tmp_path / "spill").stat().st_mode & 0o777 == 0o700
    (file,) = (tmp_path / "spill").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_full_disk_leaves_what_was_there(tmp_path, monkeypatch):
    files = SpillFiles(tmp_path)
    files.append(1, [b"whole"])
    write, calls = os.write, []

    def full(descriptor, content):
        calls.append(content)
        if len(calls) > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, content[:3])

    monkeypatch.setattr("gateway.spill.files.os.write", full)
    with pytest.raises(OSError, match="No space"):
        files.append(1, [b"does not fit"])
    monkeypatch.undo()
    files.append(1, [b"after"])
    assert files.read(1) == ([b"whole", b"after"], 0)
    assert files.bytes == sum(path.stat().st_size for path in tmp_path.iterdir())


def test_other_files_are_none_of_ours(tmp_path):
    (tmp_path / "notes.ndjson").write_text("x")
    (tmp_path / "7.txt").write_text("x")
    assert SpillFiles(tmp_path).recover() == []
    assert SpillFiles(tmp_path).next_number == 1
