"""Every answer that the gateway makes by itself: code, status, message, headers.

The code goes into analytics (`error-key`); the message is Kong's where Kong has one.
"""

from dataclasses import dataclass, replace

from gateway.http.headers import Headers


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request ends here, and what its client is told; `error` is a second field of the body."""

    code: str
    status: int
    message: str
    headers: tuple[tuple[bytes, bytes], ...] = ()
    error: str | None = None

    def saying(self, message: str) -> "Refusal":
        return replace(self, message=message)

    def erring(self, error: str) -> "Refusal":
        return replace(self, error=error)

    def having(self, headers: Headers) -> "Refusal":
        return replace(self, headers=(*self.headers, *headers))


# fmt: off
NO_ROUTE = Refusal("no-route", 404, "no Route matched with those values")
NO_SERVICE = Refusal("no-service", 503, "no Service found with those values")

BAD_REQUEST = Refusal("bad-request", 400, "Bad request")
METHOD_NOT_ALLOWED = Refusal("method-not-allowed", 405, "Method not allowed")
REQUEST_TIMEOUT = Refusal("request-timeout", 408, "Request timeout")
BODY_TOO_LARGE = Refusal("body-too-large", 413, "Payload too large")
TARGET_TOO_LONG = Refusal("target-too-long", 414, "URI too long")
EXPECTATION_FAILED = Refusal("expectation-failed", 417, "Expectation failed")
HEAD_TOO_LARGE = Refusal("head-too-large", 431, "Request header or cookie too large")
VERSION_NOT_SUPPORTED = Refusal("version-not-supported", 505, "HTTP version not supported")

TOO_MANY_CONNECTIONS = Refusal("too-many-connections", 503, "Too many connections")

NO_TOKEN = Refusal("no-token", 401, "Unauthorized")
MULTIPLE_TOKENS = Refusal("multiple-tokens", 401, "Multiple tokens provided")
UNRECOGNIZABLE_TOKEN = Refusal("unrecognizable-token", 401, "Unrecognizable token")
BAD_TOKEN = Refusal("bad-token", 401, "Bad token; invalid JSON")
NO_KEY_CLAIM = Refusal("no-key-claim", 401, "No mandatory claim")
INVALID_KEY_CLAIM = Refusal("invalid-key-claim", 401, "Invalid claim")
UNKNOWN_KEY = Refusal("unknown-key", 401, "No credentials found")
WRONG_ALGORITHM = Refusal("wrong-algorithm", 401, "Invalid algorithm")
INVALID_KEY = Refusal("invalid-key", 401, "Invalid key/secret")
INVALID_SIGNATURE = Refusal("invalid-signature", 401, "Invalid signature")
INVALID_CLAIM = Refusal("invalid-claim", 401, "must be a number")
TOKEN_EXPIRED = Refusal("token-expired", 401, "token expired")
TOKEN_TOO_EARLY = Refusal("token-too-early", 401, "token not valid yet")
TOKEN_TOO_LONG = Refusal("token-too-long", 401, "exceeds maximum allowed expiration")

NO_API_KEY = Refusal("no-api-key", 401, "No API key found in request")
UNKNOWN_API_KEY = Refusal("unknown-api-key", 401, "Unauthorized")
DUPLICATE_API_KEY = Refusal("duplicate-api-key", 401, "Duplicate API key found")

NOBODY = Refusal("nobody", 401, "Unauthorized")
NOT_ALLOWED = Refusal("not-allowed", 403, "You cannot consume this service")

LENGTH_REQUIRED = Refusal("length-required", 411, "A valid Content-Length header is required")
SIZE_EXCEEDED = Refusal("size-exceeded", 413, "Request size limit exceeded")
SIZE_NOT_EXPECTED = Refusal("size-not-expected", 417, "Request size limit exceeded")

OVER_QUOTA = Refusal("over-quota", 429, "API rate limit exceeded")
COUNTERS_AWAY = Refusal("counters-unavailable", 503, "The rate limit counters are currently unavailable")

UPSTREAM_FAILED = Refusal("upstream-failed", 502, "An invalid response was received from the upstream server")
NAME_UNKNOWN = Refusal("name-unknown", 503, "name resolution failed")
UPSTREAM_TIMEOUT = Refusal("upstream-timeout", 504, "The upstream server is timing out")
FUNCTION_ODD = Refusal("function-odd", 502, "Bad Gateway")
FUNCTION_FAILED = Refusal("function-failed", 500, "An unexpected error occurred")
UNEXPECTED = Refusal("unexpected", 500, "An unexpected error occurred")
# fmt: on

BY_CODE = {value.code: value for value in list(vars().values()) if isinstance(value, Refusal)}
