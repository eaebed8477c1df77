"""AWS Signature Version 4, the verifying side. Pure: time, keys and the request are arguments.

Source: "Create a signed AWS API request" in the AWS IAM User Guide: canonical request, string to
sign, signing key, signature. The paths of every service but S3 are encoded twice.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, unquote_to_bytes

ALGORITHM = "AWS4-HMAC-SHA256"
SKEW_S = 300
SERVICE = "lambda"
DATE_FORMAT = "%Y%m%dT%H%M%SZ"
CREDENTIAL = re.compile(r"([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request")


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """What a signature covers; target and headers as they came over the wire."""

    method: str
    target: str
    headers: Sequence[tuple[str, str]]
    body: bytes

    def values(self, name: str) -> list[str]:
        """All values of a header, whatever the spelling of its name."""
        return [value for found, value in self.headers if found.lower() == name]


@dataclass(frozen=True, slots=True)
class Keys:
    """The one key pair that is accepted, and the region it is good for."""

    access_key: str
    secret_key: str
    region: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Which of AWS's errors the request earned."""

    error: str
    message: str


@dataclass(frozen=True, slots=True)
class _Authorization:
    access_key: str
    day: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str

    @property
    def scope(self) -> str:
        return f"{self.day}/{self.region}/{self.service}/aws4_request"


def verify(request: SignedRequest, keys: Keys, now_s: float) -> Refused | None:
    """None if the request was signed with `keys` within five minutes of now, else why not."""
    given = _authorization(request)
    if isinstance(given, Refused):
        return given
    if not hmac.compare_digest(given.access_key.encode(), keys.access_key.encode()):
        return Refused(
            "UnrecognizedClientException", "The security token included in the request is invalid."
        )
    dates = request.values("x-amz-date")
    wrong = _wrong_scope(given, keys, dates[0]) or _wrong_time(dates[0], now_s)
    if wrong:
        return _mismatch(wrong)
    expected = signature(request, given.signed_headers, given.scope, dates[0], keys.secret_key)
    if not hmac.compare_digest(expected.encode(), given.signature.encode()):
        return _mismatch(
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method."
        )
    return None


def signature(
    request: SignedRequest, signed_headers: Sequence[str], scope: str, date: str, secret: str
) -> str:
    """The signature of `request`, as lower-case hexadecimal."""
    canonical = canonical_request(request, signed_headers)
    to_sign = "\n".join((ALGORITHM, date, scope, hashlib.sha256(canonical).hexdigest()))
    key = b"AWS4" + secret.encode()
    for part in (*scope.split("/"), to_sign):
        key = hmac.digest(key, part.encode("utf-8"), "sha256")
    return key.hex()


def canonical_request(request: SignedRequest, signed_headers: Sequence[str]) -> bytes:
    """The one spelling of a request that both sides sign."""
    path, _, query = request.target.partition("?")
    lines = (
        request.method,
        canonical_path(path),
        canonical_query(query),
        *(f"{name}:{_canonical_value(request.values(name))}" for name in signed_headers),
        "",
        ";".join(signed_headers),
        hashlib.sha256(request.body).hexdigest(),
    )
    return "\n".join(lines).encode("latin-1")


def canonical_path(path: str) -> str:
    """Dot segments and doubled slashes resolved, then encoded once more than on the wire."""
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            kept[-1:] = []
        elif segment not in ("", "."):
            kept.append(segment)
    directory = "/" if kept and path.endswith("/") else ""
    return quote("/" + "/".join(kept) + directory, safe="/~", encoding="latin-1")


def canonical_query(query: str) -> str:
    """Parameters decoded, encoded in the one allowed way, and sorted by name, then value."""
    pairs = (part.partition("=") for part in query.split("&") if part)
    encoded = sorted((_encoded(name), _encoded(value)) for name, _, value in pairs)
    return "&".join(f"{name}={value}" for name, value in encoded)


def _encoded(text: str) -> str:
    return quote(unquote_to_bytes(text.encode("latin-1")), safe="-_.~")


def _canonical_value(values: Sequence[str]) -> str:
    return ",".join(" ".join(value.split()) for value in values)


def _authorization(request: SignedRequest) -> _Authorization | Refused:
    headers = request.values("authorization")
    if not headers:
        return Refused("MissingAuthenticationTokenException", "Missing Authentication Token")
    algorithm, _, rest = headers[0].strip().partition(" ")
    fields = dict(_field(part) for part in rest.split(","))
    credential = CREDENTIAL.fullmatch(fields.get("Credential", ""))
    signed = tuple(fields.get("SignedHeaders", "").split(";"))
    missing = [
        what
        for what, found in (
            (f"the algorithm {ALGORITHM}", algorithm == ALGORITHM),
            ("one Authorization header", len(headers) == 1),
            ("a Credential scoped to a date, a region and a service", credential),
            ("a Signature", fields.get("Signature")),
            ("host and x-amz-date among its SignedHeaders", {"host", "x-amz-date"} <= set(signed)),
            ("one X-Amz-Date header", len(request.values("x-amz-date")) == 1),
        )
        if not found
    ]
    if missing or not credential:
        return Refused("IncompleteSignatureException", f"Authorization requires {missing[0]}.")
    access_key, day, region, service = credential.groups()
    return _Authorization(access_key, day, region, service, signed, fields["Signature"])


def _field(part: str) -> tuple[str, str]:
    name, _, value = part.strip().partition("=")
    return name, value


def _wrong_scope(given: _Authorization, keys: Keys, date: str) -> str | None:
    if given.region != keys.region:
        return f"Credential should be scoped to a valid region, not '{given.region}'."
    if given.service != SERVICE:
        return f"Credential should be scoped to correct service: '{SERVICE}'."
    if not date.startswith(given.day):
        return f"Date in Credential scope does not match X-Amz-Date: '{given.day}' and '{date}'."
    return None


def _wrong_time(date: str, now_s: float) -> str | None:
    try:
        signed_s = datetime.strptime(date, DATE_FORMAT).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return f"X-Amz-Date must look like 20260102T030405Z, not '{date}'."
    now = datetime.fromtimestamp(now_s, UTC).strftime(DATE_FORMAT)
    if signed_s < now_s - SKEW_S:
        return f"Signature expired: {date} is more than 5 minutes before {now}."
    if signed_s > now_s + SKEW_S:
        return f"Signature not yet current: {date} is more than 5 minutes after {now}."
    return None


def _mismatch(message: str) -> Refused:
    return Refused("InvalidSignatureException", message)
