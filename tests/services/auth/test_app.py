"""services.auth.app"""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from joserfc import jwt
from joserfc.jwk import OctKey

from services.auth import app
from services.failures import Failure
from services.serving import Service
from services.settings import AuthSettings, read

Env = Mapping[str, str]


def auth(called_settings: Env, *argv: str) -> Service:
    settings = read("auth", argv, called_settings)
    assert isinstance(settings, AuthSettings)
    return app.service(settings)


def signed(url: str, method: str, body: str, env: Env) -> dict[str, Any]:
    request = AWSRequest(method, url, data=body)
    keys = Credentials(env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"])
    SigV4Auth(keys, "lambda", "eu-west-1").add_auth(request)
    return {"method": method, "url": url, "content": body, "headers": dict(request.headers.items())}


def test_a_login_from_end_to_end(
    running: Callable[[Service], AbstractAsyncContextManager[dict[str, str]]], called_settings: Env
) -> None:
    login = json.dumps({"email": "ada@example.com", "password": "analytical-engine"})
    configuration = json.dumps({"Environment": {"Variables": {"KID": "k7"}}})

    async def story() -> tuple[str, list[Any]]:
        async with running(auth(called_settings)) as urls, httpx.AsyncClient() as client:
            function = urls["url"] + "/2015-03-31/functions/login-s7/"
            for path, method, body in (
                ("configuration", "PUT", configuration),
                ("invocations", "POST", json.dumps({"request_body": login})),
            ):
                asked = signed(function + path, method, body, called_settings)
                answer = await client.request(**asked)
            ledger = await client.get(urls["control"] + "/ledger?function=login-s7")
            return answer.json()["body"], ledger.json()["arrivals"]

    token, arrivals = asyncio.run(story())
    key = OctKey.import_key(called_settings["JWT_SECRET"])
    claims = jwt.decode(token, key, algorithms=["HS256"]).claims
    assert (claims["userId"], claims["isAdmin"], claims["kid"]) == (1, True, "k7")
    assert [(one["method"], one["status"]) for one in arrivals] == [("PUT", 200), ("POST", 200)]


def test_everybody_of_the_demo_can_log_in(called_settings: Env) -> None:
    settings = read("auth", [], called_settings)
    assert isinstance(settings, AuthSettings)
    comment = json.loads(settings.data.read_text("utf-8"))["_comment"]
    for email, credential in app._credentials(settings).items():
        name = email.partition("@")[0]
        password = comment.partition(f"{name} ")[2].split(",")[0].split(".")[0]
        assert credential.password.matches(password), name


def test_a_password_that_is_no_hash_is_one_line(called_settings: Env, tmp_path: Path) -> None:
    file = tmp_path / "credentials.json"
    record = {"id": 1, "email": "a@b", "isAdmin": True, "password": "plain"}
    file.write_text(json.dumps({"credentials": [record]}))
    with pytest.raises(Failure, match="/credentials/0/password: expected scrypt"):
        auth(called_settings, "--data", str(file))
