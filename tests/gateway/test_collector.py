"""The garbage collector stays away from documents, and comes back."""

import asyncio
import gc

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


def test_a_document_that_is_replaced_is_freed_without_it(world):
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
