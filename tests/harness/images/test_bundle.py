"""A bundle is loaded only when it is what was saved."""

import json
import tarfile
from pathlib import Path

import pytest

from harness.images import bundle
from harness.images.bundle import BadBundle
from harness.images.catalogue import Catalogue
from harness.images.choice import Choice
from harness.images.engine import Held, NoEngine
from tests.harness.images.fake_engine import FakeEngine

HELD = Held("sha256:1", 5, ())


def _saved(listed: Catalogue, file: Path) -> FakeEngine:
    engine = FakeEngine(images={"redis:7": HELD, "kafka:4": HELD})
    chosen = [Choice(listed.image(name), name + tag, HELD) for name, tag in (("redis", ":7"), ("kafka", ":4"))]  # fmt: skip
    bundle.save(engine, chosen, file)
    return engine


def test_what_was_saved_is_loaded(listed: Catalogue, tmp_path: Path) -> None:
    engine = _saved(listed, tmp_path / "images.tar")

    entries = bundle.load(engine, tmp_path / "images.tar")

    assert [(one.name, one.reference) for one in entries] == [
        ("redis", "redis:7"),
        ("kafka", "kafka:4"),
    ]
    assert engine.done == ["save redis:7 kafka:4", "load 6 bytes"]
    assert [path.name for path in tmp_path.iterdir()] == ["images.tar"]


def test_a_bundle_that_was_changed_never_reaches_the_engine(
    listed: Catalogue, tmp_path: Path
) -> None:
    file = tmp_path / "images.tar"
    engine = _saved(listed, file)
    file.write_bytes(file.read_bytes().replace(b"layers", b"lawyer"))

    with pytest.raises(BadBundle, match="was changed or cut off"):
        bundle.load(engine, file)
    assert engine.done[-1].startswith("save")


@pytest.mark.parametrize("content", [b"", b"no tar", b"x" * 2000])
def test_what_is_no_bundle_is_said(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "images.tar").write_bytes(content)

    with pytest.raises(BadBundle, match="a file that `images save` wrote"):
        bundle.load(FakeEngine(), tmp_path / "images.tar")


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadBundle, match=r"cannot read .*none.tar: .*No such file"):
        bundle.load(FakeEngine(), tmp_path / "none.tar")


@pytest.mark.parametrize(
    ("manifest", "complaint"),
    [
        ({"format": 2}, "has format 2, this version reads 1"),
        ({"format": 1}, "no manifest that can be read"),
        ({"format": 1, "sha256": "0", "images": [{"odd": 1}]}, "no manifest that can be read"),
        ({"format": 1, "sha256": "0", "images": []}, "has no images.tar in it"),
    ],
)
def test_a_manifest_that_cannot_be_used_is_said(
    manifest: dict[str, object], complaint: str, tmp_path: Path
) -> None:
    (tmp_path / bundle.MANIFEST).write_text(json.dumps(manifest))
    with tarfile.open(tmp_path / "images.tar", "w") as tar:
        tar.add(tmp_path / bundle.MANIFEST, bundle.MANIFEST)

    with pytest.raises(BadBundle, match=complaint):
        bundle.load(FakeEngine(), tmp_path / "images.tar")


def test_images_that_come_out_as_others_are_noticed(listed: Catalogue, tmp_path: Path) -> None:
    _saved(listed, tmp_path / "images.tar")
    engine = FakeEngine(images={"redis:7": HELD, "kafka:4": Held("sha256:2", 5, ())})

    with pytest.raises(
        BadBundle, match="kafka:4 is sha256:2 after loading, the manifest says sha256:1"
    ):
        bundle.load(engine, tmp_path / "images.tar")


def test_an_old_bundle_stays_until_the_new_one_is_whole(listed: Catalogue, tmp_path: Path) -> None:
    class Broken(FakeEngine):
        def save(self, references: object) -> object:  # type: ignore[override]
            raise NoEngine("cannot save images: gone")

    (tmp_path / "images.tar").write_text("old")

    with pytest.raises(NoEngine):
        bundle.save(Broken(), [], tmp_path / "images.tar")
    assert (tmp_path / "images.tar").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_that_cannot_be_written_is_said(listed: Catalogue, tmp_path: Path) -> None:
    with pytest.raises(BadBundle, match=r"cannot write .*; make room, or name another"):
        bundle.save(FakeEngine(), [], tmp_path / "none" / "images.tar")
