"""Where an upstream is."""

import ssl
from typing import NamedTuple


class Endpoint(NamedTuple):
    """Where to connect. `tls` is the context to use, None for plain."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None

    @property
    def authority(self) -> str:
        """As it stands in a Host field: without the scheme's default port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"
