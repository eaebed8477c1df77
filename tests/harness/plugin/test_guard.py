"""The guard before each step: an async step would pass without running."""

from types import SimpleNamespace

import pytest

from harness import plugin

STEP = SimpleNamespace(name="it is answered")


def test_an_async_step_is_refused_by_its_words() -> None:
    async def step() -> None: ...

    with pytest.raises(TypeError, match="the step 'it is answered' is async and would pass"):
        plugin.pytest_bdd_before_step_call(step, STEP)


def test_a_plain_step_is_let_through() -> None:
    def step() -> None: ...

    plugin.pytest_bdd_before_step_call(step, STEP)
