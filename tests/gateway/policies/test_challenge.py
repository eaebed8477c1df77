"""The realm of a challenge: what a quoted string can hold."""

import pytest

from gateway.document.fields import Fields
from gateway.policies.challenge import read_realm


@pytest.mark.parametrize("realm", [None, "r", "two words"])
def test_plain_text(realm):
    problems = []
    assert read_realm(Fields({"realm": realm}, "", problems)) == realm
    assert problems == []


@pytest.mark.parametrize("realm", ['a"b', "a\\b", "ä", "a\nb"])
def test_what_would_break_the_header(realm):
    problems = []
    read_realm(Fields({"realm": realm}, "", problems))
    assert [problem.pointer for problem in problems] == ["/realm"]
