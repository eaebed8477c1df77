"""Ids of a gateway: never the same twice."""

from itertools import count
from uuid import UUID

from gateway.policies.numbering import Numbering


def test_ids_are_new_each_time():
    numbering = Numbering()
    assert len({numbering.uuid() for _ in range(100)}) == 100
    assert UUID(numbering.uuid())


def test_counted_ids_share_their_beginning():
    numbers = count(7)
    numbering = Numbering(lambda: UUID(int=next(numbers)))
    own = str(UUID(int=7))
    assert [numbering.counted() for _ in range(3)] == [f"{own}#1", f"{own}#2", f"{own}#3"]
    assert numbering.uuid() == str(UUID(int=8))
