"""Files that cannot be read say so in one line, with the place."""

import pytest

from gateway.document.loading import Unreadable, load_file


def refusal(tmp_path, content, name="gateway.yaml"):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Unreadable) as refused:
        load_file(path)
    message = str(refused.value)
    assert "\n" not in message
    assert str(path) in message
    return message


def test_yaml_errors_have_line_and_column(tmp_path):
    assert ":2:4: " in refusal(tmp_path, b"a: 1\nb: : 2\n") or ":2:" in refusal(
        tmp_path, b"a: 1\nb: : 2\n"
    )


@pytest.mark.parametrize(
    "content",
    [
        b"a: [1, 2\n",
        b"\tx: 1",
        b"a: *nope",
        b"&a [*b]",
        b"a: 1\n---\nb: 2\n",
        b"\x00",
        b"!!python/object:os.system {}",
    ],
)
def test_what_is_not_yaml(tmp_path, content):
    refusal(tmp_path, content)


def test_a_key_written_twice(tmp_path):
    assert ':3:1: the key "a" is written twice' in refusal(tmp_path, b"a: 1\nb: 2\na: 3\n")
    assert 'the key "a" is written twice' in refusal(tmp_path, b'{"a": 1, "a": 2}', "g.json")


def test_json_errors_have_line_and_column(tmp_path):
    assert ":2:1: " in refusal(tmp_path, b'{"a": 1,\n!}', "g.json")


def test_missing_and_undecodable_files(tmp_path):
    assert "not UTF-8" in refusal(tmp_path, b"\xff\xfe")
    with pytest.raises(Unreadable, match="no such file or directory"):
        load_file(tmp_path / "missing.yaml")
    with pytest.raises(Unreadable, match="is a directory"):
        load_file(tmp_path)


def test_yaml_and_json_read_alike(tmp_path):
    (tmp_path / "a.yaml").write_text("_format_version: '3.0'\nservices: []\n")
    (tmp_path / "a.json").write_text('{"_format_version": "3.0", "services": []}')
    assert load_file(tmp_path / "a.yaml")[0] == load_file(tmp_path / "a.json")[0]
