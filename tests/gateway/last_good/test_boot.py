"""A start without the control plane."""

import asyncio
from types import SimpleNamespace

import pytest

from gateway.last_good.boot import boot
from gateway.last_good.seal import LastGood

KEPT = LastGood(3, "then", b"{}")


@pytest.mark.parametrize(
    ("kept", "turned_away", "restored", "said"),
    [(KEPT, False, [KEPT], 0), (None, False, [], 0), (KEPT, True, [], 1), (None, True, [], 1)],
)
def test_what_is_kept_is_served_unless_the_gate_turns_us_away(kept, turned_away, restored, said):
    found, lines, waited = [], [], []

    async def load():
        return kept

    async def first_poll(patience_s):
        waited.append(patience_s)

    async def restore(it):
        found.append(it)

    asyncio.run(
        boot(
            SimpleNamespace(load=load),
            SimpleNamespace(first_poll=first_poll, turned_away=turned_away),
            SimpleNamespace(restore=restore),
            SimpleNamespace(warning=lines.append),
        )
    )
    assert (found, len(lines), waited) == (restored, said, [1.0])
