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


def test_the_payload_is_what_the_function_gets(world):
    _, (arrival,) = invoked(world, path="/login?a=1", headers=JSON, body=b'{"u":1}')
    assert json.loads(arrival.body) == {"a": "1", "u": 1}


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
    assert invoked(world, unhandled_status=412)[0].status == 200


def test_a_qualifier_names_the_version(world):
    _, (arrival,) = invoked(world, qualifier="prod/1", function_name="my fn")
    assert arrival.path == "/2015-03-31/functions/my%20fn/invocations?Qualifier=prod%2F1"


PROXY = {"is_proxy_integration": True}


def test_in_proxy_integration_the_function_decides(world):
    said = {
        "statusCode": 201,
        "headers": {"X-A": "b", "Connection": "X-A", "Content-Length": "99", "Via": "me"},
        "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"], "X-Request-Id": ["mine"]},
        "body": "aGk=",
        "isBase64Encoded": True,
    }
    answer, _ = invoked(world, answering(body=json.dumps(said).encode()), **PROXY)
    assert (answer.status, answer.body) == (201, b"hi")
    assert answer.values("Set-Cookie") == ["a=1", "b=2"]
    assert answer.values("Content-Length") == ["2"]
    assert answer.values("Via") == ["1.1 gateproof"]
    assert answer.values("Connection") == []
    assert len(answer["X-Request-Id"]) == 32
    assert (answer["x-amzn-RequestId"], answer["Content-Type"]) == ("r", "application/json")


def test_the_functions_own_type_comes_before_lambdas(world):
    said = b'{"statusCode":200,"headers":{"content-type":"text/plain"},"body":"hi"}'
    answer, _ = invoked(world, answering(body=said), **PROXY)
    assert answer.values("Content-Type") == ["text/plain"]


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'{"statusCode":99}', b"not json"])
def test_an_odd_answer_is_502_and_says_why(world, body):
    answer, _ = invoked(world, answering(body=body), **PROXY)
    assert (answer.status, answer.message) == (502, "Bad Gateway")
    assert answer.json["error"].startswith("could not JSON decode Lambda function response: ")
    assert answer.json["request_id"] == answer["X-Request-Id"]


def test_a_function_error_in_proxy_integration_is_502(world):
    failed = answering(body=b'{"errorMessage":"x"}', headers=b"X-Amz-Function-Error: Unhandled\r\n")
    answer, _ = invoked(world, failed, unhandled_status=412, **PROXY)
    assert (answer.status, answer.json["error"].endswith("statusCode validation failed")) == (
        502,
        True,
    )


def test_a_call_that_waits_for_nothing_has_no_answer_of_the_functions(world):
    answer, _ = invoked(world, answering(202, b""), invocation_type="Event", **PROXY)
    assert (answer.status, answer.body) == (202, b"")


def test_a_large_body_is_never_dropped(world):
    _, (arrival,) = invoked(
        world,
        body=b"x" * 300_000,
        headers={"Content-Type": "text/plain"},
        forward_request_body=True,
    )
    assert len(json.loads(arrival.body)["request_body"]) == 300_000


def test_the_answers_date_is_not_written_twice(world):
    answer, _ = invoked(world, answering(headers=b"Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"))
    assert answer.values("Date") == ["Thu, 01 Jan 1970 00:00:00 GMT"]


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


def test_https_is_used_unless_disabled(world):
    """There is no TLS at the other end: the call fails, and the address shows the scheme."""
    assert invoked(world, disable_https=False)[0].status == 500


def test_a_route_without_service_or_function_is_503(world):
    async def scenario():
        document = {"_format_version": "3.0", "routes": [{"name": "r", "paths": ["/r"]}]}
        async with world.gateway(document) as gw:
            answer = await gw.get("/r")
        assert (answer.status, answer.message) == (503, "no Service found with those values")

    asyncio.run(scenario())
