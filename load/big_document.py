"""The big document that a gateway has to take in beside its traffic: 1,000 routes, 5,000 consumers."""

from collections.abc import Sequence
from typing import Any

ROUTES, CONSUMERS = 1000, 5000
SECRET = "a secret of sufficient length for HS256"


PLUGINS: tuple[object, ...] = (
    {"name": "jwt", "config": {"key_claim_name": "kid"}},
    {"name": "rate-limiting", "config": {"minute": 10**9}},
)


def big_document(
    upstream: str, number: int = 0, plugins: Sequence[object] = PLUGINS
) -> dict[str, Any]:
    """Every route with a token check and a limit of its own; the number makes it a new one."""
    return {
        "_format_version": "3.0",
        "_comment": f"publication {number}",
        "services": [
            {
                "name": f"service-{index}",
                "url": upstream,
                "tags": [f"n{number}"],
                "routes": [{"name": f"route-{index}", "paths": [f"/route-{index}"]}],
                "plugins": list(plugins),
            }
            for index in range(ROUTES)
        ],
        "consumers": [
            {"username": f"c-{index}", "jwt_secrets": [{"key": f"k-{index}", "secret": SECRET}]}
            for index in range(CONSUMERS)
        ],
    }
