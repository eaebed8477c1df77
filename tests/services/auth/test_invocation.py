"""services.auth.invocation"""

import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from services.auth.configuration import Configurations
from services.auth.function import LoginFunction
from services.auth.invocation import function_of, invocation_app
from services.auth.signature import Keys

KEYS = Keys("AKIDEXAMPLE", "secret", "eu-west-1")
FUNCTIONS = "/2015-03-31/functions/"
Call = Callable[..., httpx.Response]


@pytest.fixture
def call(ask: Callable[..., httpx.Response]) -> Call:
    """One signed call to the Invoke API."""
    function = LoginFunction({}, "a secret of the tests, long enough for HS256")
    app = invocation_app(function, Configurations("eu-west-1", "demo-key"), KEYS, time.time)

    def one(
        path: str, body: str = "{}", method: str = "POST", secret: str = "secret", **headers: str
    ) -> httpx.Response:
        request = AWSRequest(
            method, "http://service" + FUNCTIONS + path, data=body, headers=headers
        )
        SigV4Auth(Credentials("AKIDEXAMPLE", secret), "lambda", "eu-west-1").add_auth(request)
        target = FUNCTIONS + path
        return ask(app, method, target, content=body, headers=dict(request.headers.items()))

    return one


def test_a_signed_call_is_answered_by_the_function(call: Call) -> None:
    answer = call("login-s7/invocations")
    assert (answer.status_code, answer.content) == (200, b'{"statusCode":401}')
    assert answer.headers["x-amz-executed-version"] == "$LATEST"
    assert len(answer.headers["x-amzn-requestid"]) == 36


def test_a_wrong_signature_is_403_with_awss_error(call: Call) -> None:
    answer = call("login/invocations", secret="wrong")
    assert answer.status_code == 403
    assert answer.headers["x-amzn-errortype"] == "InvalidSignatureException"
    assert "signature" in answer.json()["message"]


def test_no_signature_is_403(ask: Callable[..., httpx.Response]) -> None:
    app: Any = invocation_app(LoginFunction({}, "x"), Configurations("", ""), KEYS, time.time)
    answer = ask(app, "POST", FUNCTIONS + "login/invocations")
    assert answer.headers["x-amzn-errortype"] == "MissingAuthenticationTokenException"
    assert answer.status_code == 403


def test_functions_that_do_not_exist_are_404(call: Call) -> None:
    answer = call("register/invocations")
    assert answer.status_code == 404
    assert answer.headers["x-amzn-errortype"] == "ResourceNotFoundException"
    assert answer.json()["Message"].startswith("Function not found: arn:aws:lambda:")
    assert answer.json()["Type"] == "User"


def test_whether_a_function_exists_is_told_to_nobody_unsigned(call: Call) -> None:
    assert call("register/invocations", secret="wrong").status_code == 403


def test_a_payload_that_is_no_json_is_400(call: Call) -> None:
    answer = call("login/invocations", "{bad")
    assert answer.status_code == 400
    assert answer.headers["x-amzn-errortype"] == "InvalidRequestContentException"


@pytest.mark.parametrize(("kind", "status"), [("Event", 202), ("DryRun", 204), ("Odd", 400)])
def test_the_invocation_type_is_respected(call: Call, kind: str, status: int) -> None:
    answer = call("login/invocations", **{"X-Amz-Invocation-Type": kind})
    assert answer.status_code == status
    assert (answer.content == b"") == (status != 400)


def test_a_configuration_is_put_and_got(call: Call) -> None:
    body = json.dumps({"Environment": {"Variables": {"KID": "k7"}}})
    put = call("login-s7/configuration", body, "PUT")
    assert (put.status_code, put.json()["FunctionName"]) == (200, "login-s7")
    assert put.json()["Environment"] == {"Variables": {"KID": "k7"}}
    assert call("login-s7/configuration", "", "GET").json() == put.json()


def test_a_configuration_is_only_for_who_signs(call: Call) -> None:
    assert call("login/configuration", "{}", "PUT", secret="wrong").status_code == 403
    assert call("login/configuration", "[]", "PUT").status_code == 400


def test_the_ledger_knows_the_function() -> None:
    assert function_of(FUNCTIONS + "login-s7/invocations") == "login-s7"
    assert function_of(FUNCTIONS + "a%20b/configuration") == "a b"
    assert function_of("/other/login/invocations") is None
