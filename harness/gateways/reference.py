"""The reference gateway: the minimal one of this project."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from harness.gateways.contract import Deviation
from harness.gateways.from_kong import FROM_KONG

if TYPE_CHECKING:
    import httpx


class Reference:
    """Reads status and credentials from the admin port."""

    name = "reference"
    capabilities: frozenset[str] = frozenset({"sync", "analytics", "replicas", "admin"})
    deviations: tuple[Deviation, ...] = ()
    from_kong: tuple[Deviation, ...] = FROM_KONG

    def __init__(self, admin: str, client: "httpx.Client", token: str = "") -> None:
        self._admin = admin
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = client

    def status(self) -> Mapping[str, Any]:
        return self._get("/status")

    def wait_for_version(self, version: int, within_s: float) -> Mapping[str, Any]:
        return self._get(f"/status?wait_version={version}&wait_s={within_s:g}", within_s + 5)

    def credentials(self, consumer: str) -> list[Mapping[str, Any]]:
        return list(self._get(f"/consumers/{consumer}/jwt")["data"])

    def _get(self, path: str, within_s: float = 10) -> Mapping[str, Any]:
        answer = self._client.get(f"{self._admin}{path}", headers=self._headers, timeout=within_s)
        answer.raise_for_status()
        found: Mapping[str, Any] = answer.json()
        return found
