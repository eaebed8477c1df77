"""Python's garbage collector and big documents.

A full pass over the objects of 1,000 routes and 5,000 consumers takes 40 to 80 ms, and parsing
or building them triggers one or two. Nothing in a document or a pipeline is part of a cycle, so reference
counts free them; the collector need not look at them, then or later. What else is alive at that
moment is not looked at either, connections above all, whose transports are cycles: so this is
done for big documents only, and when too much has piled up there is one full pass after all.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

MANY_OBJECTS = 20_000
MOST_LEFT_ALONE = 50_000


@contextmanager
def at_rest() -> Iterator[None]:
    """No pass while this lasts; if much was made, what is alive then is not looked at again."""
    was_enabled = gc.isenabled()
    gc.collect(1)  # what is garbage now would be kept for ever
    gc.disable()
    try:
        yield
    finally:
        made = gc.get_count()[0]
        if made > MANY_OBJECTS:
            leave_alone(made)
        if was_enabled:
            gc.enable()


def leave_alone(made: int) -> None:
    gc.freeze()
    if gc.get_freeze_count() > 2 * made + MOST_LEFT_ALONE:
        gc.unfreeze()
        gc.collect()
        gc.freeze()
