"""In which order scenarios are run, as far as it is not left to chance."""

from types import SimpleNamespace
from typing import Any

from harness.plugin.collection import slow_first


def _item(name: str, *tags: str) -> Any:
    return SimpleNamespace(name=name, get_closest_marker=lambda tag: tag if tag in tags else None)


def test_what_is_slow_comes_first_and_everything_keeps_its_order() -> None:
    items = [_item("a"), _item("b", "slow"), _item("c", "needs-rig"), _item("d", "slow")]

    slow_first(items)

    assert [item.name for item in items] == ["b", "d", "a", "c"]
