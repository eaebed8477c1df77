"""services.upstream.app"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import httpx

from services.serving import Service
from services.settings import CalledSettings, read
from services.upstream import app

Ask = Callable[..., httpx.Response]


def test_a_script_is_put_obeyed_and_deleted(
    running: Callable[[Service], AbstractAsyncContextManager[dict[str, str]]],
) -> None:
    settings = read("upstream", [], {})
    assert isinstance(settings, CalledSettings)

    async def story() -> list[object]:
        async with running(app.service(settings)) as urls, httpx.AsyncClient() as client:
            script, called = urls["control"] + "/scripts/s7", urls["url"] + "/s7/orders"
            return [
                (await client.put(script, json={"status": 503, "body": "down"})).status_code,
                (await client.get(called)).text,
                (await client.get(urls["control"] + "/scripts")).json()["s7"]["status"],
                (await client.delete(script)).status_code,
                (await client.get(called)).json()["path"],
                (await client.delete(script)).status_code,
                (await client.get(urls["control"] + "/ledger")).json()["next"],
                (await client.get(urls["control"] + "/health")).json()["service"],
            ]

    found = asyncio.run(story())
    assert found == [204, "down", 503, 204, "/s7/orders", 404, 2, "upstream"]


def test_a_bad_script_is_400_and_changes_nothing(ask: Ask) -> None:
    from starlette.applications import Starlette

    scripts: dict[str, app.Script] = {}
    control = Starlette(routes=list(app.script_routes(scripts)))
    answer = ask(control, "PUT", "/scripts/s7", json={"delays": 1})
    assert answer.status_code == 400
    assert '"delays"' in answer.json()["message"]
    assert scripts == {}


def test_a_raw_script_is_shown_so_that_it_can_be_put_again(ask: Ask) -> None:
    from starlette.applications import Starlette

    scripts: dict[str, app.Script] = {}
    control = Starlette(routes=list(app.script_routes(scripts)))
    ask(control, "PUT", "/scripts/s7", json={"raw": "odd", "close": "reset"})
    shown = ask(control, "GET", "/scripts").json()["s7"]
    assert (shown["raw"], shown["close"]) == ({"base64": "b2Rk"}, "reset")
    assert ask(control, "PUT", "/scripts/s8", json=shown).status_code == 204
    assert scripts["s8"] == scripts["s7"]
