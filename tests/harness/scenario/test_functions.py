"""The function provider as its owner uses it, and the signature that it verifies."""

import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from harness import tokens
from harness.scenario import functions
from harness.scenario.calls import Call, Calls
from harness.scenario.exchange import Exchange
from harness.scenario.stage import Stage
from harness.verdicts import Unknown

SECRET = "Too many secrets. Setec Astronomy"


def _signature(call: Call) -> tuple[str, ...]:
    value = dict(call.headers)["Authorization"]
    found = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=(\w+)/\d{8}/([\w-]+)/(\w+)/aws4_request, "
        r"SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})",
        value,
    )
    assert found, value
    return found.groups()


def test_a_call_is_signed_for_lambda_in_the_right_region(stage: Callable[..., Stage]) -> None:
    here = stage()
    call = functions.signed(here, functions.invocation(here))

    key, region, service, signed, _ = _signature(call)
    assert (key, region, service) == (here.desk.secrets["aws_key"], "eu-west-1", "lambda")
    assert {"host", "x-amz-date"} <= set(signed.split(";"))
    assert call.path == "/2015-03-31/functions/login-s1-k3f9/invocations"
    assert (call.method, call.to, call.body) == ("POST", "auth", "{}")


def test_another_secret_gives_another_signature_under_the_same_key(
    stage: Callable[..., Stage],
) -> None:
    here = stage()
    right, wrong = (
        _signature(functions.signed(here, functions.invocation(here), secret))
        for secret in ("", "a wrong secret")
    )

    assert right[:4] == wrong[:4]
    assert right[4] != wrong[4]


def test_the_plain_invocation_is_not_signed(stage: Callable[..., Stage]) -> None:
    assert functions.invocation(stage()).headers == ()


@pytest.fixture
def configured(stage: Callable[..., Stage], web: Any) -> Callable[[int], httpx.Request]:
    def configure(status: int) -> httpx.Request:
        seen: list[httpx.Request] = []
        here = stage()
        client = web(lambda request: seen.append(request) or httpx.Response(status))
        functions.configure(here, Calls(here, client), {"KID": "shop-key"})
        return seen[0]

    return configure


def test_a_function_is_configured_as_aws_would_have_it(configured: Any) -> None:
    request = configured(200)

    assert request.method == "PUT"
    assert request.url.path == "/2015-03-31/functions/login-s1-k3f9/configuration"
    assert json.loads(request.content) == {"Environment": {"Variables": {"KID": "shop-key"}}}
    assert request.headers["Authorization"].startswith("AWS4-HMAC-SHA256 ")


def test_a_configuration_that_is_refused_leaves_the_scenario_unknown(configured: Any) -> None:
    with pytest.raises(Unknown, match="the login function could not be configured: 403"):
        configured(403)


def test_the_claims_of_a_token_are_verified(exchange: Callable[..., Exchange]) -> None:
    token = tokens.person_token({"email": "ada@example.com"}, SECRET)
    said = exchange(body={"statusCode": 200, "body": token})

    assert functions.claims_of(said, SECRET) == {"email": "ada@example.com"}
    with pytest.raises(Exception, match="bad_signature"):
        functions.claims_of(said, "another secret of the same length")


@pytest.mark.parametrize("body", [{"statusCode": 401}, [{"id": 1}], "no JSON"])
def test_what_is_no_login_has_no_token(exchange: Callable[..., Exchange], body: object) -> None:
    with pytest.raises(AssertionError, match="expected the function to hand out a token"):
        functions.claims_of(exchange(body=body), SECRET)
