"""The link to the control plane: a long poll that brings documents and says what is served.

A document is offered with its version; whoever takes it says whether it was applied. A link
that fails is tried again, quickly at first, and never stops the gateway from serving.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from gateway.document.arriving import arrived_json
from gateway.document.loading import Unreadable
from gateway.gate import Gate, complaint
from gateway.http.client import UpstreamFailure
from gateway.http.messages import Answer
from gateway.logs import Log

WAIT_S = 20
GRACE_S = 5.0
FIRST_RETRY_S = 0.05
LAST_RETRY_S = 2.0
ANSWER = Path("the gate's answer")
TURNED_AWAY = (401, 403)

Apply = Callable[[int, Any], Awaitable[None]]


class ControlPlane:
    """Polls one gate for one environment and offers what comes to `apply`."""

    def __init__(
        self,
        gate: Gate,
        environment: str,
        name: str,
        served: Callable[[], tuple[int | None, int | None]],
        apply: Apply,
        log: Log,
    ) -> None:
        self._gate = gate
        self._environment = environment
        self._name = name
        self._served = served
        self._apply = apply
        self._log = log
        self._answered = asyncio.Event()
        self.connected = False
        self.turned_away = False
        self.error: str | None = None

    async def first_poll(self, patience_s: float) -> None:
        """Wait until it is known whether the gate has something to serve, at most so long."""
        try:
            async with asyncio.timeout(patience_s):
                await self._answered.wait()
        except TimeoutError:
            return

    async def run(self) -> None:
        pause_s, settled = FIRST_RETRY_S, False
        while True:
            # The first poll after trouble does not wait, so that its success is known at once.
            succeeded = await self._poll(WAIT_S if settled else 0)
            self._answered.set()
            if succeeded:
                pause_s, settled = FIRST_RETRY_S, True
            else:
                settled = False
                await asyncio.sleep(pause_s)
                pause_s = min(LAST_RETRY_S, pause_s * 2)

    async def _poll(self, wait_s: int) -> bool:
        """One poll; whether the gate answered as it should."""
        headers = [(b"X-Gateway-Name", self._name.encode("ascii", "replace"))]
        try:
            answer = await self._gate.get(self._query(wait_s), headers, wait_s + GRACE_S)
        except UpstreamFailure as failure:
            return self._failed(str(failure))
        if answer.status == 204:
            return self._succeeded()
        self.turned_away = answer.status in TURNED_AWAY
        if answer.status != 200:
            return self._failed(complaint(answer))
        return await self._offer(answer)

    def _query(self, wait_s: int) -> str:
        version, refused = self._served()
        query: dict[str, Any] = {"environment": self._environment, "version": version or 0}
        if refused is not None:
            query["refused"] = refused
        query["wait_s"] = wait_s
        return "/sync?" + urlencode(query)

    async def _offer(self, answer: Answer) -> bool:
        try:
            found = await arrived_json(answer.body.decode(), ANSWER)
        except (Unreadable, UnicodeDecodeError) as error:
            return self._failed(f"{ANSWER} is not a document: {error}")
        match found:
            case {"version": int() as version, "document": document} if version is not True:
                pass
            case _:
                return self._failed(f"{ANSWER} is not a document with one version")
        served, refused = self._served()
        if version <= max(served or 0, refused or 0):
            return self._failed(f"the gate offers version {version}, which is not newer")
        await self._apply(version, document)
        return self._succeeded()

    def _succeeded(self) -> bool:
        if not self.connected:
            self._log.info("connected to the control plane")
        self.connected, self.error = True, None
        return True

    def _failed(self, error: str) -> bool:
        if self.connected or self.error != error:
            self._log.warning("no link to the control plane", error=error)
        self.connected, self.error = False, error
        return False
