"""services.cloud_gate.store"""

import json
from pathlib import Path

import pytest

from services.cloud_gate.store import Store
from services.failures import Failure


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.json"


def reopened(file: Path) -> Store:
    store = Store(file)
    store.load()
    return store


def test_versions_grow_by_one_in_each_environment(file: Path) -> None:
    store = Store(file)
    versions = [store.publish(name, {}).version for name in ("prod", "prod", "test", "prod")]
    assert versions == [1, 2, 1, 3]


def test_versions_never_go_back_over_a_restart(file: Path) -> None:
    Store(file).publish("prod", {"a": 1})
    store = reopened(file)
    newest = store.newest("prod")
    assert newest is not None
    assert (newest.version, newest.document) == (1, {"a": 1})
    assert store.publish("prod", {}).version == 2


def test_the_answer_to_sync_is_ready(file: Path) -> None:
    body = Store(file).publish("prod", {"text": "\ud800é"}).sync_body
    document = {"text": "\ud800é"}
    assert json.loads(body) == {"environment": "prod", "version": 1, "document": document}


def test_a_revoked_token_stays_revoked(file: Path) -> None:
    store = Store(file)
    store.revoke("token-1")
    assert store.revoked == {"token-1"}
    assert reopened(file).revoked == {"token-1"}


def test_the_set_of_revoked_tokens_is_one_and_the_same(file: Path) -> None:
    """Who was given `revoked` sees every later revocation."""
    Store(file).revoke("early")
    store = Store(file)
    given = store.revoked
    store.load()
    store.revoke("late")
    assert given == {"early", "late"}


def test_nobody_else_can_read_it(file: Path) -> None:
    Store(file).publish("prod", {})
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_written_was_not_published(file: Path) -> None:
    store = Store(file)
    store.publish("prod", {"a": 1})
    file.with_name("store.json.new").mkdir()
    with pytest.raises(OSError, match="directory"):
        store.publish("prod", {"a": 2})
    newest = store.newest("prod")
    assert newest is not None
    assert newest.version == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "line 1, column 2"),
        ("[]", "not a store that a gate has written"),
        ('{"environments": {"prod": {}}, "revoked": []}', "not a store"),
        (
            '{"environments": {"prod": {"version": "x", "document": {}}}, "revoked": []}',
            "not a store",
        ),
    ],
)
def test_an_unusable_store_is_one_line(file: Path, text: str, says: str) -> None:
    file.write_text(text)
    with pytest.raises(Failure) as failure:
        reopened(file)
    assert str(file) in failure.value.line
    assert says in failure.value.line


def test_a_store_that_cannot_be_written_is_told_at_the_start(tmp_path: Path) -> None:
    store = Store(tmp_path / "no" / "store.json")
    store.load()
    with pytest.raises(Failure, match="no such file or directory; name another with --store"):
        store.check_writable()
