"""The value that travels through the pipeline: one request and what became of it."""

from msgspec import Struct, field

from gateway.document.entities import Consumer, Credential, KeyCredential, Route, Service
from gateway.http.headers import Headers
from gateway.http.messages import Request
from gateway.refusals import Refusal


class Exchange(Struct):
    """One request on its way. Each stage fills in what it finds out; times are monotonic seconds."""

    request: Request
    request_id: str
    transaction: str
    started: float
    started_at: float

    raw_path: str = ""
    path: str = ""
    query: bytes | None = None
    authority: str = ""
    host: str = ""

    route: Route | None = None
    service: Service | None = None
    prefix: str = ""

    consumer: Consumer | None = None
    credential: Credential | KeyCredential | None = None
    groups: tuple[str, ...] = ()

    # The client's fields that travel on, and the gateway's own beside them: what the client says
    # in Connection strips only the former.
    onward: Headers = field(default_factory=list)
    added: Headers = field(default_factory=list)

    # Fields of the answer, whoever makes it, and which of the upstream's they replace.
    answer_headers: Headers = field(default_factory=list)
    replaced: frozenset[bytes] = frozenset()
    refusal: Refusal | None = None

    endpoint: str = ""
    upstream_path: str = ""
    upstream_started: float = 0.0
    upstream_s: float | None = None

    def __post_init__(self) -> None:
        self.onward = self.request.headers
