"""The publication: newer only, and everybody who waits is told."""

import asyncio

import pytest

from gateway.document.fields import Problem
from gateway.publication import Publication, Served


def test_it_never_goes_back():
    publication = Publication()
    assert (publication.version, publication.document_hash) == (None, None)
    publication.publish("two", Served.of(2, b"{}", "file"))
    for version in (1, 2):
        with pytest.raises(ValueError, match="not newer than 2"):
            publication.publish("old", Served.of(version, b"{}", "file"))
    assert (publication.pipeline, publication.version, publication.published) == ("two", 2, 1)
    assert len(publication.document_hash) == 64


def test_a_refusal_is_forgotten_when_something_newer_is_served():
    publication = Publication()
    publication.refuse(2, [Problem("/a", "bad")])
    publication.publish("one", Served.of(1, b"{}", "file"))
    assert publication.refused.version == 2
    publication.publish("three", Served.of(3, b"{}", "file"))
    assert (publication.refused, publication.refusals) == (None, 1)


def test_waiting_ends_when_it_is_settled_either_way():
    async def scenario():
        publication = Publication()
        for tell in (
            lambda: publication.publish("one", Served.of(1, b"{}", "file")),
            lambda: publication.refuse(2, []),
        ):
            version = publication.published + publication.refusals + 1
            waiting = asyncio.create_task(publication.settle(version, 5))
            await asyncio.sleep(0)
            assert not waiting.done()
            tell()
            await waiting
        await publication.settle(1, 5)
        await publication.settle(3, 0.01)
        assert not publication.settled(3)

    asyncio.run(scenario())
