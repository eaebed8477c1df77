"""The garbage collector stays away from documents, and comes back."""

import asyncio
import gc
import weakref

import pytest

from gateway import collector


@pytest.mark.parametrize("enabled", [True, False])
def test_it_is_as_it_was_afterwards(enabled):
    (gc.enable if enabled else gc.disable)()
    try:
        with collector.at_rest():
            assert not gc.isenabled()
        assert gc.isenabled() == enabled
    finally:
        gc.enable()
        gc.unfreeze()


@pytest.mark.parametrize(("objects", "frozen"), [(collector.MANY_OBJECTS + 100, True), (10, False)])
def test_what_is_alive_is_left_alone_after_big_documents_only(objects, frozen):
    gc.unfreeze()
    try:
        with collector.at_rest():
            made = [[] for _ in range(objects)]
        assert (gc.get_freeze_count() > len(made)) == frozen
    finally:
        gc.unfreeze()


def test_what_piles_up_is_looked_at_after_all(monkeypatch):
    class Weak:
        """Can be referred to weakly."""

    def frozen_garbage():
        cycle = Weak()
        cycle.itself = cycle
        gc.freeze()
        return weakref.ref(cycle)

    try:
        garbage = frozen_garbage()
        collector.leave_alone(10**9)
        assert garbage() is not None
        monkeypatch.setattr(collector, "MOST_LEFT_ALONE", 0)
        collector.leave_alone(0)
        assert garbage() is None
    finally:
        gc.unfreeze()


def test_a_document_that_is_replaced_is_freed_without_it(world, monkeypatch):
    monkeypatch.setattr(collector, "MANY_OBJECTS", -1)

    async def scenario():
        url = "http://127.0.0.1:1"
        async with world.gateway(world.document(url)) as gw:
            await gw.gateway.offer(2, world.document(url, {"name": "jwt"}))
            frozen = gc.get_freeze_count()
            gc.disable()
            try:
                for version in range(3, 8):
                    await gw.gateway.offer(version, world.document(url, {"name": "jwt"}))
            finally:
                gc.enable()
            return frozen, gc.get_freeze_count()

    before, after = asyncio.run(scenario())
    assert after - before < 2000
