"""The record of a setup: what it says has to be done again."""

from dataclasses import replace
from pathlib import Path

import pytest

from harness.setup import stamp
from harness.setup.stamp import PRODUCTS, SOURCES, Plan, Stamp, plan

ALL = tuple(SOURCES)


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    """A .venv in which every product is there."""
    folder = tmp_path / ".venv"
    for product in PRODUCTS.values():
        (folder / product).parent.mkdir(parents=True, exist_ok=True)
        (folder / product).touch()
    return folder


@pytest.fixture
def wanted(tmp_path: Path) -> dict[str, str]:
    for file in SOURCES.values():
        (tmp_path / file).write_text(f"content of {file}")
    return stamp.digests(tmp_path)


@pytest.fixture
def record(venv: Path, wanted: dict[str, str]) -> Stamp:
    return Stamp(str(venv), "3.11", wanted, {})


def test_nothing_is_done_when_nothing_changed(
    record: Stamp, wanted: dict[str, str], venv: Path
) -> None:
    assert plan(record, wanted, venv, runs="3.11").is_empty


def test_a_first_setup_makes_everything(tmp_path: Path, wanted: dict[str, str]) -> None:
    made = plan(None, wanted, tmp_path / "absent", runs=None)

    assert made == Plan("there is none yet", ALL)


def test_a_folder_without_a_record_is_made_anew(venv: Path, wanted: dict[str, str]) -> None:
    assert plan(None, wanted, venv, runs="3.11").anew == "the last setup did not finish"


def test_an_interrupted_installation_is_made_anew(
    record: Stamp, wanted: dict[str, str], venv: Path
) -> None:
    half = replace(record, parts={"project": wanted["project"]})

    assert plan(half, wanted, venv, runs="3.11") == Plan("the last setup did not finish", ALL)


@pytest.mark.parametrize("part", ALL)
def test_a_source_that_changed_brings_only_its_part_up_to_date(
    part: str, record: Stamp, wanted: dict[str, str], venv: Path
) -> None:
    changed = {**wanted, part: "another digest"}

    assert plan(record, changed, venv, runs="3.11") == Plan(None, (part,))


def test_a_setup_that_stopped_after_the_packages_goes_on_there(
    record: Stamp, wanted: dict[str, str], venv: Path
) -> None:
    half = replace(record, parts={"packages": wanted["packages"]})

    assert plan(half, wanted, venv, runs="3.11") == Plan(None, ("project", "redis"))


@pytest.mark.parametrize("part", ALL)
def test_a_product_that_was_removed_is_made_again(
    part: str, record: Stamp, wanted: dict[str, str], venv: Path
) -> None:
    (venv / PRODUCTS[part]).unlink()

    assert plan(record, wanted, venv, runs="3.11") == Plan(None, (part,))


def test_a_part_that_the_platform_goes_without_is_not_missed(
    record: Stamp, wanted: dict[str, str], venv: Path
) -> None:
    (venv / PRODUCTS["redis"]).unlink()
    without = replace(record, without={"redis": "none for this platform"})

    assert plan(without, wanted, venv, runs="3.11").is_empty


def test_a_folder_that_was_moved_is_made_anew(
    record: Stamp, wanted: dict[str, str], venv: Path
) -> None:
    moved = replace(record, folder="/elsewhere/.venv")

    assert plan(moved, wanted, venv, runs="3.11").anew == "it was made for /elsewhere/.venv"


@pytest.mark.parametrize(
    ("runs", "asked", "reason"),
    [
        (None, None, "its Python 3.11 does not run any more"),
        ("3.12", None, "it was made with Python 3.11, which is 3.12 now"),
        ("3.11", "3.13", "Python 3.13 was asked for, it has 3.11"),
        ("3.11", "3.11", None),
    ],
)
def test_another_python_makes_it_anew(
    runs: str | None,
    asked: str | None,
    reason: str | None,
    record: Stamp,
    wanted: dict[str, str],
    venv: Path,
) -> None:
    assert plan(record, wanted, venv, runs=runs, asked=asked).anew == reason


def test_what_was_written_is_read(record: Stamp, venv: Path) -> None:
    stamp.write(venv, record)

    assert stamp.read(venv) == record
    assert [file.name for file in venv.glob("*.json*")] == [stamp.FILE]


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"folder": "x"}', '{"other": 1}'])
def test_a_record_that_cannot_be_read_is_none(content: str, venv: Path) -> None:
    (venv / stamp.FILE).write_text(content)

    assert stamp.read(venv) is None
