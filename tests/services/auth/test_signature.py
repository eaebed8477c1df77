"""services.auth.signature, against botocore: the signer on the other side"""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from services.auth.signature import (
    Keys,
    SignedRequest,
    canonical_path,
    canonical_query,
    canonical_request,
    verify,
)

KEYS = Keys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "eu-west-1")
PATH = "/2015-03-31/functions/login/invocations"


def signed(
    path: str = PATH,
    body: bytes = b"{}",
    method: str = "POST",
    key: str = KEYS.access_key,
    secret: str = KEYS.secret_key,
    service: str = "lambda",
    region: str = KEYS.region,
    **headers: str,
) -> SignedRequest:
    """A request as botocore signs it and as it would come over the wire."""
    request = AWSRequest(method, "http://127.0.0.1:8080" + path, data=body, headers=headers)
    SigV4Auth(Credentials(key, secret), service, region).add_auth(request)
    parts = urlsplit(request.url)
    target = parts.path + ("?" + parts.query if parts.query else "")
    wire = [
        ("Host", parts.netloc),
        *((name, str(value)) for name, value in request.headers.items()),
    ]
    return SignedRequest(method, target, wire, body)


def with_header(request: SignedRequest, name: str, value: str | None) -> SignedRequest:
    kept = [header for header in request.headers if header[0].lower() != name.lower()]
    added = [(name, value)] if value is not None else []
    return SignedRequest(request.method, request.target, [*kept, *added], request.body)


def refused(request: SignedRequest, now_s: float | None = None) -> str:
    found = verify(request, KEYS, datetime.now(UTC).timestamp() if now_s is None else now_s)
    return f"{found.error}: {found.message}" if found else "accepted"


def test_what_botocore_signs_is_accepted() -> None:
    assert refused(signed()) == "accepted"


# Unreserved, reserved and foreign characters, dot segments, doubled slashes.
SEGMENTS = st.text("abcXYZ019-._~ %+&=$é漢/:@!*'()", max_size=8)


@given(st.lists(SEGMENTS, max_size=5), st.booleans())
def test_odd_paths_are_signed_and_verified_alike(segments: list[str], slash: bool) -> None:
    path = "/" + "/".join(quote(segment, safe="/~") for segment in segments) + "/" * slash
    assert refused(signed(path)) == "accepted"


@given(st.lists(st.sampled_from(["a", "..", ".", "", "b%20c", "%2E%2E", "~", "é"]), max_size=7))
def test_dot_segments_and_doubled_slashes_are_resolved_alike(segments: list[str]) -> None:
    path = "/" + quote("/".join(segments), safe="/%~")
    assert canonical_path(path) == SigV4Auth(None, "", "")._normalize_url_path(path)


@given(st.lists(st.tuples(st.text(max_size=6), st.text(max_size=6)), max_size=5))
def test_odd_queries_are_signed_and_verified_alike(pairs: list[tuple[str, str]]) -> None:
    pairs = [(name, value) for name, value in pairs if name or value]
    query = urlencode([(_valid(n), _valid(v)) for n, v in pairs], quote_via=quote, safe="-_.~")
    assert refused(signed(f"{PATH}?{query}" if query else PATH)) == "accepted"


def _valid(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def test_a_query_is_the_same_however_it_was_encoded_and_ordered() -> None:
    assert canonical_query("b=2&a=%7e&a=1&c") == canonical_query("a=1&c=&b=%32&a=~")


@given(st.binary(max_size=200))
def test_any_body_is_covered(body: bytes) -> None:
    request = signed(body=body)
    assert refused(request) == "accepted"
    other = SignedRequest(request.method, request.target, request.headers, body + b"!")
    assert "InvalidSignatureException" in refused(other)


@given(st.text("ab \t,;=", max_size=12))
def test_blanks_in_headers_are_folded_alike(value: str) -> None:
    assert refused(signed(**{"X-Odd": f"x{value}x"})) == "accepted"


def test_the_canonical_request_is_the_one_of_botocore() -> None:
    request = AWSRequest("GET", "http://h/a%20b//../c?z=1&y", headers={"X-B": " 1  2 "})
    signer = SigV4Auth(Credentials("k", "s"), "lambda", "eu-west-1")
    ours = SignedRequest("GET", "/a%20b//../c?z=1&y", [("HOST", "h"), ("x-b", " 1  2 ")], b"")
    expected: Any = signer.canonical_request(request)
    assert canonical_request(ours, ["host", "x-b"]).decode() == expected


@pytest.mark.parametrize(
    ("signer", "error"),
    [
        ({"secret": "another"}, "InvalidSignatureException: The request signature"),
        ({"key": "AKIDOTHER"}, "UnrecognizedClientException: The security token"),
        ({"region": "us-east-1"}, "InvalidSignatureException: Credential should be scoped to a"),
        ({"service": "s3"}, "InvalidSignatureException: Credential should be scoped to correct"),
    ],
)
def test_what_somebody_else_signs_is_refused(signer: dict[str, str], error: str) -> None:
    assert error in refused(signed(**signer))


@pytest.mark.parametrize(
    ("header", "value", "error"),
    [
        ("Authorization", None, "MissingAuthenticationTokenException"),
        ("Authorization", "Bearer x", "IncompleteSignatureException"),
        ("Authorization", "AWS4-HMAC-SHA256", "IncompleteSignatureException"),
        ("X-Amz-Date", None, "IncompleteSignatureException"),
        ("X-Amz-Date", "20200101T000000Z", "InvalidSignatureException: Date in Credential scope"),
        ("Host", "elsewhere", "InvalidSignatureException"),
    ],
)
def test_what_was_changed_after_signing_is_refused(
    header: str, value: str | None, error: str
) -> None:
    assert error in refused(with_header(signed(), header, value))


@pytest.mark.parametrize("left_out", ["host", "x-amz-date"])
def test_host_and_date_have_to_be_signed(left_out: str) -> None:
    request = signed()
    (value,) = request.values("authorization")
    changed = value.replace(f"{left_out};", "").replace(f";{left_out}", "")
    assert "IncompleteSignatureException" in refused(with_header(request, "Authorization", changed))


@pytest.mark.parametrize("field", ["Credential=", "SignedHeaders=", "Signature="])
def test_every_field_of_the_authorization_is_needed(field: str) -> None:
    request = signed()
    (value,) = request.values("authorization")
    changed = value.replace(field, "Other=")
    assert "IncompleteSignatureException" in refused(with_header(request, "Authorization", changed))


def test_two_authorizations_are_none() -> None:
    request = signed()
    (value,) = request.values("authorization")
    doubled = SignedRequest("POST", PATH, [*request.headers, ("authorization", value)], b"{}")
    assert "IncompleteSignatureException" in refused(doubled)


@pytest.mark.parametrize(
    ("away_s", "says"),
    [(-290, "accepted"), (290, "accepted"), (310, "Signature expired"), (-310, "not yet current")],
)
def test_the_clock_may_be_five_minutes_off(away_s: int, says: str) -> None:
    request = signed()
    (date,) = request.values("x-amz-date")
    at_s = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    assert says in refused(request, at_s + away_s)


@given(st.text(max_size=60), st.text(max_size=20))
def test_no_header_breaks_it(authorization: str, date: str) -> None:
    headers = [("Authorization", "AWS4-HMAC-SHA256 " + authorization), ("X-Amz-Date", date)]
    assert verify(SignedRequest("POST", PATH, headers, b""), KEYS, 0.0) is not None
