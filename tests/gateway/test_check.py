"""`--check`: every error on its own line, or what the document holds."""

import json

import pytest

from gateway.check import check


@pytest.fixture
def file(tmp_path):
    def written(document):
        path = tmp_path / "gateway.json"
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        return path

    return written


def test_a_good_document_is_counted(file, capsys):
    path = file({"_format_version": "3.0", "services": [{"name": "s", "url": "http://h"}]})
    assert check(path, redis=False) == 0
    assert capsys.readouterr() == (
        f"{path}: ok (1 service, 0 routes, 0 consumers, 0 plugins)\n",
        "",
    )


def test_warnings_do_not_refuse(file, capsys):
    path = file({"_format_version": "3.0", "plugins": [{"name": "jwt"}]})
    assert check(path, redis=False) == 0
    out, err = capsys.readouterr()
    assert out.startswith(f"{path}: ok (")
    assert err.startswith(f"{path}: warning: /plugins/0/config/claims_to_verify ")


def test_every_problem_has_its_line(file, capsys):
    path = file({"_format_version": "3.0", "bogus": 1, "services": [{"url": "nope"}]})
    assert check(path, redis=False) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 2
    assert all(line.startswith(f"{path}: /") for line in err.splitlines())


def test_what_cannot_be_read_is_one_line(file, capsys):
    assert check(file("{"), redis=False) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_plugin_that_needs_a_redis_is_right_where_there_is_one(file):
    path = file(
        {"_format_version": "3.0",
         "plugins": [{"name": "rate-limiting", "config": {"minute": 1, "policy": "redis"}}]}
    )  # fmt: skip
    assert check(path, redis=False) == 1
    assert check(path, redis=True) == 0
