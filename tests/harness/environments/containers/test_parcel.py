"""The tar with a part's files: whose they are, and which code goes along."""

import io
import tarfile
from pathlib import Path

from harness.environments.containers import parcel


def _read(packed: bytes) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        return {entry.name: entry for entry in tar.getmembers()}


def test_files_belong_to_the_part_alone() -> None:
    packed = parcel.packed({"keeper.py": "é\n"}, ("state",), 10001, None)

    found = _read(packed)
    assert {name: (entry.uid, entry.gid, entry.mode) for name, entry in found.items()} == {
        "keeper.py": (10001, 10001, 0o400),
        "state": (10001, 10001, 0o700),
    }
    assert found["state"].isdir()
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        file = tar.extractfile("keeper.py")
        assert file is not None
        assert file.read().decode() == "é\n"


def test_changed_subjects_go_along_without_what_python_compiled(tmp_path: Path) -> None:
    for name in ("gateway/app.py", "services/users.py", "gateway/__pycache__/app.pyc", "other.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x = 1\n")

    found = _read(parcel.packed({}, (), 10001, ("code", tmp_path)))

    files = sorted(name for name, entry in found.items() if entry.isfile())
    assert files == ["code/gateway/app.py", "code/services/users.py"]
    assert {entry.uid for entry in found.values()} == {10001}
