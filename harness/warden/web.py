"""How the warden asks gates, gateways and ledgers: one HTTP client, closed with the warden."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx


class Web:
    """A lazily made client: httpx is imported while the children boot, not before."""

    def __init__(self) -> None:
        self._client: httpx.AsyncClient | None = None

    @property
    def client(self) -> "httpx.AsyncClient":
        if self._client is None:
            import httpx

            self._client = httpx.AsyncClient(trust_env=False, timeout=35.0)
        return self._client

    async def ask(
        self, method: str, url: str, *, token: str = "", **options: Any
    ) -> tuple[int, Any]:
        """Return the status and the JSON body (None when there is none)."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = await self.client.request(method, url, headers=headers, **options)
        return answer.status_code, answer.json() if answer.content else None

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
