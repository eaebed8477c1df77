"""What somebody can do to a kept document: copy it, put it back, change it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from harness.scenario.kept import Kept
from harness.scenario.stage import Stage
from harness.verdicts import Unknown

NAME = b"gateway:snapshot:a,b,default"


class Redis:
    """As much of a client as is used, over a dictionary that all clients share."""

    there: dict[bytes, bytes]

    @classmethod
    def from_url(cls, url: str, **_: Any) -> "Redis":
        assert url == "redis://here"
        return cls()

    def __enter__(self) -> "Redis":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def scan_iter(self, pattern: str) -> Iterator[bytes]:
        return iter([key for key in self.there if key.startswith(pattern.rstrip("*").encode())])

    def get(self, key: bytes) -> bytes:
        return self.there[key]

    def mset(self, values: dict[bytes, bytes]) -> None:
        self.there.update(values)


@pytest.fixture
def hand(stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch) -> Kept:
    Redis.there = {NAME: b'{"/echo"}', b"gateway:newest:a,b,default": b"mark", b"other": b"/echo"}
    monkeypatch.setattr("redis.Redis", Redis)
    one = stage()
    one.facts = {"addresses": {"redis.url": "redis://here"}}
    return Kept(one)


def test_a_copy_is_put_back_and_the_mark_beside_it_stays(hand: Kept) -> None:
    hand.copy()
    Redis.there |= {NAME: b"newer", b"gateway:newest:a,b,default": b"newer mark"}

    hand.put_back()

    assert Redis.there[NAME] == b'{"/echo"}'
    assert Redis.there[b"gateway:newest:a,b,default"] == b"newer mark"


def test_only_the_document_is_changed(hand: Kept) -> None:
    hand.change("/echo", "/hack")

    assert Redis.there[NAME] == b'{"/hack"}'
    assert Redis.there[b"other"] == b"/echo"


def test_a_change_that_changes_nothing_is_unknown(hand: Kept) -> None:
    with pytest.raises(Unknown, match="no kept document holds '/nowhere'"):
        hand.change("/nowhere", "/hack")


def test_nothing_is_put_back_of_which_nobody_has_a_copy(hand: Kept) -> None:
    with pytest.raises(AssertionError, match="nobody has made a copy"):
        hand.put_back()
