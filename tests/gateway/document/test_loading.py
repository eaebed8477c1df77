"""Files that cannot be read say so in one line, with the place."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.document.loading import Unreadable, load_file
from gateway.document.repeated import Repeated


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


@pytest.mark.parametrize(
    "content", [b"[" * 200_000, b"[" * 200_000 + b"]" * 200_000, b"- " * 200_000, b"{a: " * 200_000]
)
def test_what_is_nested_too_deep_is_refused_and_does_not_crash(tmp_path, content):
    assert ":1: nested more than 100 deep" in refusal(tmp_path, content)
    refusal(tmp_path, content, "g.json")


@pytest.mark.parametrize("content", [b"? [a]\n: 1\n", b"? {a: b}\n: 1\n", b"a: 2001-99-99\n"])
def test_values_that_yaml_cannot_make(tmp_path, content):
    refusal(tmp_path, content)


def test_anchors_and_merges_are_read(tmp_path):
    path = tmp_path / "a.yml"
    path.write_text("a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}\ne: *x\n")
    assert load_file(path)[0] == {
        "a": {"b": 1, "c": 2},
        "d": {"b": 1, "c": 3},
        "e": {"b": 1, "c": 2},
    }


def test_numbers_that_are_too_long(tmp_path):
    assert "Exceeds the limit" in refusal(tmp_path, b"9" * 5000, "g.json")


def test_without_the_c_library_it_is_the_same(tmp_path, monkeypatch):
    import yaml

    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    path = tmp_path / "a.yaml"
    path.write_text("a: [1, 2]\n")
    assert load_file(path)[0] == {"a": [1, 2]}


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_bytes_are_a_document_or_unreadable(tmp_path, content):
    for name in ("a.yaml", "a.json"):
        (tmp_path / name).write_bytes(content)
        try:
            load_file(tmp_path / name)
        except Unreadable as unreadable:
            assert "\n" not in str(unreadable)  # noqa: PT017


def test_a_key_written_twice(tmp_path):
    assert ':3:1: the key "a" is written twice' in refusal(tmp_path, b"a: 1\nb: 2\na: 3\n")


def test_a_key_written_twice_in_json_is_left_to_the_reader(tmp_path):
    path = tmp_path / "g.json"
    path.write_text('{"a": 1, "b": 0, "a": 2}')
    assert load_file(path)[0] == Repeated(("a",), {"a": 2, "b": 0})


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
