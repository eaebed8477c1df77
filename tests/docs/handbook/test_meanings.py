"""Every field has words, and no words are left of a field that is gone."""

from docs.handbook import document, fields, meanings
from docs.handbook.fields import Asked
from gateway.policies.order import KINDS


def every_object() -> dict[str, Asked]:
    return {**fields.of_document(), **{n: fields.of_plugin(kind) for n, kind in KINDS.items()}}


def test_every_field_has_words() -> None:
    wordless = [
        (owner, one.name)
        for owner, asked in every_object().items()
        if owner != "_info"
        for one in document.tabled(asked)
        if meanings.of(owner, one.name) is None
    ]

    assert wordless == []


def test_no_words_are_left_of_a_field_that_is_gone() -> None:
    there = {
        (owner, one.name)
        for owner, asked in every_object().items()
        for one in document.tabled(asked)
    }

    assert meanings.named() - there == set()
