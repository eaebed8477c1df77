"""services.called"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager

import httpx

from services import users
from services.serving import Service
from services.settings import RecordsSettings, read


def test_the_control_port_shows_what_reached_the_service(
    running: Callable[[Service], AbstractAsyncContextManager[dict[str, str]]],
    called_settings: Mapping[str, str],
    token_for: Callable[..., str],
) -> None:
    settings = read("users", [], called_settings)
    assert isinstance(settings, RecordsSettings)

    async def story() -> list[dict[str, object]]:
        async with running(users.service(settings)) as urls, httpx.AsyncClient() as client:
            bearer = {"Authorization": f"Bearer {token_for()}", "X-Gateproof-Marker": "m1"}
            await client.get(urls["url"] + "/2", headers=bearer)
            await client.get(urls["url"] + "/2")
            page = (await client.get(urls["control"] + "/ledger")).json()
            found: list[dict[str, object]] = page["arrivals"]
            return found

    arrivals = asyncio.run(story())
    assert [(one["path"], one["marker"], one["status"]) for one in arrivals] == [
        ("/2", "m1", 200),
        ("/2", None, 403),
    ]
