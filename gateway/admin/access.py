"""Who may ask the admin port what. Pure.

A page on the web can make a browser call a loopback port, but not with this Host, not without an
Origin when it writes, and not with a content type of JSON or YAML.
"""

import hmac
from dataclasses import dataclass
from ipaddress import ip_address

from gateway.http.messages import Request

JSON_TYPES = frozenset({"application/json", "text/json"})
YAML_TYPES = frozenset(
    {"application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", "application/vnd.yaml"}
)


@dataclass(frozen=True, slots=True)
class Denied:
    """Why a request to the admin port is not answered."""

    status: int
    message: str
    headers: tuple[tuple[bytes, bytes], ...] = ()


NOT_HERE = Denied(403, "Forbidden: the admin port answers to its own address only")
NOT_FOR_PAGES = Denied(403, "Forbidden: the admin port does not answer to web pages")
NO_TOKEN = Denied(401, "Unauthorized", ((b"WWW-Authenticate", b"Bearer"),))


@dataclass(frozen=True, slots=True)
class Door:
    """The names under which the port may be asked, and the token that it wants, if any."""

    names: frozenset[str]
    token: bytes | None = None

    def denial(self, request: Request) -> Denied | None:
        if not self._is_asked_by_name(request):
            return NOT_HERE
        if b"origin" in request.first:
            return NOT_FOR_PAGES
        if self.token is not None and not bears(request, self.token):
            return NO_TOKEN
        return None

    def _is_asked_by_name(self, request: Request) -> bool:
        host = host_of(request.first.get(b"host", b"").decode("latin-1"))
        # An address that a connection came in on cannot be the work of a name server.
        if host in self.names or host in ("localhost", request.local[0]):
            return True
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return False


def host_of(field: str) -> str:
    """The host in a Host field, without port and brackets."""
    host, _, port = field.rpartition(":")
    host = host if port.isdigit() else field
    return host.removeprefix("[").removesuffix("]").lower()


def bears(request: Request, token: bytes) -> bool:
    scheme, _, credentials = request.first.get(b"authorization", b"").partition(b" ")
    # Compared even when the scheme is wrong: the time says nothing about either.
    same = hmac.compare_digest(credentials.strip(), token)
    return same and scheme.lower() == b"bearer"


def document_format(content_type: bytes | None) -> str | None:
    """`json` or `yaml`, None for what the admin port does not take."""
    media, _, _ = (content_type or b"").decode("latin-1").partition(";")
    media = media.strip().lower()
    if media in JSON_TYPES:
        return "json"
    return "yaml" if media in YAML_TYPES else None
