"""The value that travels through the pipeline: one request and what became of it."""

from dataclasses import dataclass, field

from gateway.document.entities import Consumer, Credential, Route, Service
from gateway.http.headers import Headers
from gateway.http.messages import Request
from gateway.refusals import Refusal


@dataclass(slots=True)
class Exchange:
    """One request on its way. Each stage fills in what it finds out; times are monotonic seconds."""

    request: Request
    request_id: str
    transaction: str
    started: float
    started_at: float

    raw_path: str = ""
    path: str = ""
    query: bytes | None = None
    host: str = ""

    route: Route | None = None
    service: Service | None = None
    prefix: str = ""

    consumer: Consumer | None = None
    credential: Credential | None = None

    answer_headers: Headers = field(default_factory=list)
    refusal: Refusal | None = None

    endpoint: str = ""
    upstream_path: str = ""
    upstream_started: float = 0.0
    upstream_s: float | None = None
