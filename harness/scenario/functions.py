"""The function provider, as its owner uses it: configuration of a function, signed like AWS wants."""

import json
from collections.abc import Mapping
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from joserfc import jwt
from joserfc.jwk import OctKey

from harness.scenario.calls import Call, Calls
from harness.scenario.exchange import Exchange
from harness.scenario.stage import Stage
from harness.verdicts import Unknown

REGION = "eu-west-1"


def configure(stage: Stage, calls: Calls, variables: Mapping[str, str]) -> None:
    """Set the environment variables of the scenario's function, as `aws lambda` would.

    Errors: Unknown with the provider's answer when it is not 200.
    """
    path = f"/2015-03-31/functions/{stage.scope.name('login')}/configuration"
    body = json.dumps({"Environment": {"Variables": dict(variables)}})
    answer = calls.send(signed(stage, Call("PUT", path, "auth", body=body)))
    if answer.status != 200:
        raise Unknown(f"the login function could not be configured: {answer.status_in_words}")


def invocation(stage: Stage) -> Call:
    """Return an invocation of the scenario's login function, not signed yet."""
    path = f"/2015-03-31/functions/{stage.scope.name('login')}/invocations"
    return Call("POST", path, "auth", body="{}")


def signed(stage: Stage, call: Call, secret: str = "") -> Call:
    """Sign a call to the function provider with Signature V4."""
    secrets = stage.desk.secrets
    request = AWSRequest(
        call.method,
        stage.address(f"{call.to}.url") + call.path,
        headers={"Content-Type": "application/json"},
        data=call.body,
    )
    credentials = Credentials(secrets["aws_key"], secret or secrets["aws_secret"])
    SigV4Auth(credentials, "lambda", REGION).add_auth(request)
    headers = tuple((name, value) for name, value in request.headers.items())
    return Call(call.method, call.path, call.to, headers, call.body)


def token_in(exchange: Exchange) -> str:
    """Return the token that the function handed out."""
    try:
        said = json.loads(exchange.body)
    except ValueError:
        said = None
    handed = isinstance(said, dict) and said.get("statusCode") == 200
    assert handed, f"expected the function to hand out a token, got {exchange.body[:200]!r}"
    return str(said["body"])


def claims_of(exchange: Exchange, secret: str) -> dict[str, Any]:
    """Verify the token that the function handed out and return its claims."""
    key = OctKey.import_key(secret)
    return dict(jwt.decode(token_in(exchange), key, algorithms=["HS256"]).claims)
