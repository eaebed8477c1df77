"""services.records"""

from pathlib import Path

import pytest

from services.failures import Failure
from services.records import Fields, read_records

FIELDS: Fields = {"id": (int, str), "isAdmin": bool}


def read(file: Path, text: str | bytes) -> tuple[dict[str, object], ...]:
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_records("users", file, "users", FIELDS)


def test_records_are_read_whatever_else_they_hold(tmp_path: Path) -> None:
    record = '{"id": 1, "isAdmin": true, "more": [1]}'
    assert read(tmp_path / "f", f'{{"_comment": "x", "users": [{record}]}}') == (
        {"id": 1, "isAdmin": True, "more": [1]},
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"users": [\n  {"id": 1 2}\n]}', "line 2, column 12"),
        ("", "line 1, column 1"),
        ('{"users": NaN}', "NaN is not JSON"),
        ("[]", "/users must be a list"),
        ('{"users": {}}', "/users must be a list"),
        ('{"users": [7]}', "/users/0 must be an object"),
        ('{"users": [{"isAdmin": true}]}', "/users/0/id must be a number or a text, found nothing"),
        ('{"users": [{"id": true, "isAdmin": true}]}', "/users/0/id must be a number or a text"),
        ('{"users": [{"id": 1, "isAdmin": 1}]}', "/users/0/isAdmin must be true or false, found 1"),
    ],
)
def test_an_unusable_file_is_one_line_with_file_and_place(
    tmp_path: Path, text: str, says: str
) -> None:
    with pytest.raises(Failure) as failure:
        read(tmp_path / "people.json", text)
    assert "people.json" in failure.value.line
    assert says in failure.value.line
    assert "\n" not in failure.value.line
    assert failure.value.code == 2


def test_a_file_that_is_no_text_says_so(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="not UTF-8"):
        read(tmp_path / "people.json", b'{"users": "\xff"}')


def test_a_file_of_brackets_says_so(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="nested too deeply"):
        read(tmp_path / "people.json", "[" * 100_000)


@pytest.mark.parametrize(
    ("name", "says"), [("missing", "no such file"), ("folder", "is a directory")]
)
def test_an_unreadable_file_says_why(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(Failure, match=f"cannot read the data file .*{name}: {says}"):
        read_records("users", tmp_path / name, "users", FIELDS)
