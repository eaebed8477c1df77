"""Header names in a document."""

import pytest

from gateway.document.field_names import field_name, own_field
from gateway.document.fields import Fields
from gateway.http.headers import DROPPED_FROM_REQUESTS


@pytest.mark.parametrize("name", ["X-A", "apikey", "authorization", "x_y", "!#$%&'*+.^_`|~"])
def test_names_that_a_document_may_use(name):
    problems = []
    assert own_field(Fields({}, "", problems), "x", name)
    assert problems == []


@pytest.mark.parametrize("name", ["", "a b", "a:b", "a\r\nb", "ä", "a,b"])
def test_what_is_no_name(name):
    problems = []
    assert not own_field(Fields({}, "", problems), "x", name)
    assert not field_name(Fields({}, "", problems), "x", name)
    assert len(problems) == 2


@pytest.mark.parametrize("name", sorted(name.decode() for name in DROPPED_FROM_REQUESTS))
def test_names_that_are_the_gateways_own_in_every_spelling(name):
    for spelling in (name, name.title(), name.replace("-", "_").upper()):
        problems = []
        assert not own_field(Fields({}, "", problems), "x", spelling)
        assert "is the gateway's own" in str(problems[0])
        assert field_name(Fields({}, "", problems), "x", spelling)
