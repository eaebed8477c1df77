"""aws-lambda: what the function is given, how it is signed, and what of its answer is passed on."""

import asyncio
import json

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


def plugin(own_port, **config):
    return {
        "name": "aws-lambda",
        "config": {
            "aws_key": "KEY",
            "aws_secret": "SECRET",
            "aws_region": "eu-west-1",
            "function_name": "login",
            "host": "127.0.0.1",
            "port": own_port,
            "disable_https": True,
            "timeout": 1000,
            **config,
        },
    }


def answering(status=200, body=b'{"statusCode":200,"body":"t"}', headers=b""):
    async def answer(arrival, writer):
        writer.write(
            b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nx-amzn-RequestId: r\r\n%bContent-Length: %d\r\n\r\n%b"
            % (status, headers, len(body), body)
        )

    return answer


def invoked(
    world, behaviour=None, *, path="/login", headers=None, method="POST", body=b"", **config
):
    """The client's answer and the function's arrivals."""

    async def scenario():
        async with world.upstream(behaviour or answering()) as up:
            document = {
                "_format_version": "3.0",
                "routes": [
                    {"name": "login", "paths": ["/login"], "plugins": [plugin(up.port, **config)]}
                ],
            }
            async with world.gateway(document) as gw:
                answer = await gw.get(path, headers or {}, method, body)
        return answer, up.arrivals

    return asyncio.run(scenario())


JSON = {"Content-Type": "application/json"}


def test_the_call_is_signed_so_that_aws_would_accept_it(world):
    _, (arrival,) = invoked(world, headers=JSON, body=b'{"u":1}', forward_request_body=True)
    assert (arrival.method, arrival.path) == ("POST", "/2015-03-31/functions/login/invocations")
    signed = arrival.values("Authorization")[0]
    names = signed.split("SignedHeaders=")[1].split(",")[0].split(";")
    assert {"host", "x-amz-date", "x-amz-invocation-type", "x-amz-log-type"} <= set(names)
    again = AWSRequest(
        method="POST",
        url=f"http://{arrival.values('Host')[0]}{arrival.path}",
        headers={name: arrival.values(name)[0] for name in names},
        data=arrival.body,
    )
    again.context["timestamp"] = arrival.values("X-Amz-Date")[0]
    signer = SigV4Auth(Credentials("KEY", "SECRET"), "lambda", "eu-west-1")
    expected = signer.signature(
        signer.string_to_sign(again, signer.canonical_request(again)), again
    )
    assert signed.endswith(f"Signature={expected}")


@pytest.mark.parametrize(
    ("config", "path", "headers", "body", "expected"),
    [
        ({}, "/login", {}, b"", {}),
        ({}, "/login?a=1&u=9&b=x&b=y", JSON, b'{"u":1}', {"a": "1", "b": ["x", "y"], "u": 1}),
        (
            {"forward_request_body": True},
            "/login",
            JSON,
            b'{"u":1}',
            {"request_body": '{"u":1}', "request_body_args": {"u": 1}},
        ),
        ({"forward_request_body": True}, "/login", JSON, b"{bad", {"request_body": "{bad"}),
        (
            {"forward_request_body": True},
            "/login",
            {"Content-Type": "application/x-www-form-urlencoded"},
            b"u=1",
            {"request_body": "u=1", "request_body_args": {"u": "1"}},
        ),
        (
            {"forward_request_body": True},
            "/login",
            {"Content-Type": "text/plain"},
            b"hi",
            {"request_body": "hi"},
        ),
        (
            {"forward_request_body": True},
            "/login",
            {},
            b"hi",
            {"request_body": "aGk=", "request_body_base64": True},
        ),
        (
            {"forward_request_method": True, "forward_request_uri": True},
            "/login/p?x=1",
            {},
            b"",
            {
                "request_method": "POST",
                "request_uri": "/login/p?x=1",
                "request_uri_args": {"x": "1"},
            },
        ),
    ],
)
def test_payloads(world, config, path, headers, body, expected):
    _, (arrival,) = invoked(world, path=path, headers=headers, body=body, **config)
    assert json.loads(arrival.body) == expected


def test_headers_are_payload_and_never_headers(world):
    _, (arrival,) = invoked(
        world, headers={"X-Amz-Invocation-Type": "Event"}, forward_request_headers=True
    )
    assert arrival.values("X-Amz-Invocation-Type") == ["RequestResponse"]
    assert json.loads(arrival.body)["request_headers"]["x-amz-invocation-type"] == "Event"


def test_the_answer_is_passed_on(world):
    answer, _ = invoked(world)
    assert (answer.status, answer.json) == (200, {"statusCode": 200, "body": "t"})
    assert answer["x-amzn-RequestId"] == "r"
    assert answer["X-Request-Id"]


@pytest.mark.parametrize("status", [202, 204])
def test_event_and_dry_run(world, status):
    async def empty(arrival, writer):
        writer.write(
            b"HTTP/1.1 %d X\r\n%b\r\n"
            % (status, b"Content-Length: 0\r\n" if status == 202 else b"")
        )

    kind = "Event" if status == 202 else "DryRun"
    answer, (arrival,) = invoked(world, empty, invocation_type=kind)
    assert (answer.status, answer.body) == (status, b"")
    assert arrival.values("X-Amz-Invocation-Type") == [kind]


def test_function_errors_keep_200_unless_told(world):
    failed = answering(headers=b"X-Amz-Function-Error: Unhandled\r\n")
    assert invoked(world, failed)[0].status == 200
    assert invoked(world, failed, unhandled_status=412)[0].status == 412


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
def test_an_error_of_the_api_is_500_and_says_nothing_of_it(world, status):
    answer, arrivals = invoked(world, answering(status, b'{"Message":"inside"}'))
    assert (answer.status, answer.message) == (500, "An unexpected error occurred")
    assert len(arrivals) == 1


def test_a_hanging_or_absent_function_is_500(world):
    async def hang(arrival, writer):
        await asyncio.Event().wait()

    assert invoked(world, hang, timeout=50)[0].status == 500
    assert invoked(world, port=1)[0].status == 500


def test_a_body_that_is_too_long_is_413(world, monkeypatch):
    monkeypatch.setattr("gateway.backends.lambda_function.LARGEST_BODY_BYTES", 1000)
    answer, arrivals = invoked(world, body=b"x" * 2000)
    assert (answer.status, answer.message) == (413, "Payload too large")
    assert arrivals == []


def test_a_route_without_service_or_function_is_503(world):
    async def scenario():
        document = {"_format_version": "3.0", "routes": [{"name": "r", "paths": ["/r"]}]}
        async with world.gateway(document) as gw:
            answer = await gw.get("/r")
        assert (answer.status, answer.message) == (503, "no Service found with those values")

    asyncio.run(scenario())
