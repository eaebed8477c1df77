"""Tags, and expressions of them as people write them."""

import pytest

from harness.specification import tags


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("needs-rig", "needs-rig"),
        ("@needs-rig", "needs-rig"),
        ("  @needs-rig and not @slow ", "needs-rig and not slow"),
        ("not (@slow or @needs-rig)", "not (slow or needs-rig)"),
    ],
)
def test_an_expression_may_be_written_with_or_without_at(written: str, meant: str) -> None:
    assert tags.expression(written) == meant


def test_every_tag_says_what_it_means() -> None:
    assert all(meaning for meaning in tags.TAGS.values())
    assert not any(tag.startswith("@") for tag in tags.TAGS)
