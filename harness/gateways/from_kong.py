"""Where the reference gateway differs from Kong on purpose: each difference, and why."""

from harness.gateways.contract import Deviation

FROM_KONG: tuple[Deviation, ...] = (
    Deviation("a prefix ends at a segment", "Kong's /users also takes /usersX"),
    Deviation("exp and nbf are checked whenever they are there", "Kong lets an expired token pass"),
    Deviation("a malformed token is 401", "Kong answers 500 to several"),
    Deviation(
        "identity headers of a client never travel on",
        "Kong passes X-Consumer-Groups, X-Authenticated-*, and spellings with underscores",
    ),
    Deviation("a refused call uses up no other window", "with Redis, Kong counts refused calls"),
    Deviation("hosts match whatever their case", "Kong's do not"),
    Deviation("no Redis and no fault tolerance is 503", "Kong says 500"),
    Deviation("every error is JSON with message and request_id", "Kong has four shapes"),
    Deviation("an answer that is no HTTP is 502", "Kong relays it as it is"),
    Deviation("a function gets the whole body", "Kong drops bodies that were spooled to disk"),
    Deviation("a function's JSON is passed on as it is", "Kong decodes it and encodes it anew"),
    Deviation("invalid base64 from a function is 502", "Kong says 500"),
    Deviation("a hidden key leaves the query byte for byte", "Kong encodes the query anew"),
    Deviation("a correlation id is cut to 255 characters", "Kong keeps any length"),
    Deviation(
        "an origin that is not allowed gets no Allow-Origin, whatever the upstream says",
        "Kong lets an upstream's own stand",
    ),
    Deviation("keys are validated when a document is read", "Kong accepts some bad ones"),
)
"""Known differences. The other way round every one of them is a promise of a feature or a test."""
