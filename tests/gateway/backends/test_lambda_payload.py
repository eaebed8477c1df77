"""What a function is given: Kong's payloads and the event of API Gateway."""

import json

import pytest

from gateway.backends import lambda_config
from gateway.backends.lambda_payload import payload
from gateway.document.entities import Consumer, KeyCredential, Route, Service

REQUIRED = {"aws_key": "k", "aws_secret": "s", "aws_region": "eu-west-1", "function_name": "f"}
ROUTE = Route("r", "login", ("/login",), frozenset(), frozenset(), (), True, False, None)
JSON = [("Content-Type", "application/json")]
FORM = [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")]
TEXT = [("Content-Type", "text/plain")]
BODY = {"forward_request_body": True}


@pytest.fixture
def given_to(unit):
    def made(target="/login", headers=(), body=b"", config=None, **more):
        exchange = unit.exchange(
            "POST", target, list(headers), body, route=ROUTE, prefix="/login", **more
        )
        return payload(
            unit.config(lambda_config.KIND, **REQUIRED, **(config or {})), exchange, body
        )

    return made


@pytest.mark.parametrize(
    ("target", "headers", "body", "expected"),
    [
        ("/login", [], b"", {}),
        ("/login?a=1&u=9&b=x&b=y", JSON, b'{"u":1}', {"a": "1", "b": ["x", "y"], "u": 1}),
        ("/login?a&b=&a=2&a=3&=x&&c=%20+%C3%A9", [], b"", {"a": [True, "2", "3"], "b": "", "c": "  é"}),
        ("/login", FORM, b"u=1&v=%26", {"u": "1", "v": "&"}),
        ("/login?a=1", JSON, b"{bad", {"a": "1"}),
        ("/login?a=1", JSON, b"[1]", {"a": "1"}),
        ("/login?a=1", TEXT, b"u=1", {"a": "1"}),
        ("/login", JSON, b"[" * 100_000, {}),
    ],
)  # fmt: skip
def test_without_any_part_named_arguments_are_merged(given_to, target, headers, body, expected):
    assert given_to(target, headers, body) == expected


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        (JSON, b'{"u":1}', {"request_body": '{"u":1}', "request_body_args": {"u": 1}}),
        (JSON, b"{bad", {"request_body": "{bad"}),
        (FORM, b"u=1", {"request_body": "u=1", "request_body_args": {"u": "1"}}),
        (TEXT, b"hi", {"request_body": "hi", "request_body_args": {}}),
        ([("Content-Type", "text/plain; charset=utf-8")], b"hi", {"request_body": "aGk=", "request_body_base64": True, "request_body_args": {}}),
        ([], b"hi", {"request_body": "aGk=", "request_body_base64": True, "request_body_args": {}}),
        ([], b"", {"request_body": "", "request_body_base64": True, "request_body_args": {}}),
        (TEXT, b"\xff\x00", {"request_body": "/wA=", "request_body_base64": True, "request_body_args": {}}),
        (JSON, b"\xff", {"request_body": "/w==", "request_body_base64": True}),
    ],
)  # fmt: skip
def test_the_body_as_text_or_base64(given_to, headers, body, expected):
    assert given_to(headers=headers, body=body, config=BODY) == expected


def test_base64_only_where_it_must_be_when_switched_off(given_to):
    config = {**BODY, "base64_encode_body": False}
    assert given_to(body=b"hi", config=config)["request_body"] == "hi"
    assert given_to(body=b"\xff", config=config)["request_body_base64"] is True


def test_the_parts_that_are_named(given_to):
    config = {"forward_request_method": True, "forward_request_uri": True}
    assert given_to("/login/p?x=1", config=config) == {
        "request_method": "POST",
        "request_uri": "/login/p?x=1",
        "request_uri_args": {"x": "1"},
    }
    assert given_to("/login", config=config)["request_uri"] == "/login"


ACME = Consumer("c1", "acme", None, None, None, ())
CREDENTIAL = KeyCredential("id-1", "secret", None, None)


def test_headers_say_who_calls_only_as_the_gateway_found(given_to):
    sent = [
        ("X-Consumer-Username", "root"),
        ("x_consumer_groups", "admin"),
        ("X-Request-ID", "mine"),
        ("A", "1"),
        ("a", "2"),
    ]
    config = {"forward_request_headers": True}
    anonymous = given_to(headers=sent, config=config)["request_headers"]
    assert anonymous == {"a": ["1", "2"], "x-request-id": "r" * 32}
    known = given_to(
        headers=sent,
        config=config,
        consumer=ACME,
        credential=CREDENTIAL,
        groups=("gold",),
        added=[(b"X-Corr", b"7")],
    )["request_headers"]
    assert known == {
        "a": ["1", "2"],
        "x-request-id": "r" * 32,
        "x-corr": "7",
        "x-consumer-id": "c1",
        "x-consumer-username": "acme",
        "x-credential-identifier": "id-1",
        "x-consumer-groups": "gold",
    }


def test_hidden_credentials_are_hidden_here_too(given_to, unit):
    from gateway.policies import key_auth
    from gateway.policies.keys import Keys

    policy = key_auth.KeyAuth(
        unit.config(key_auth.KIND, hide_credentials=True),
        Keys([Consumer("c", "a", None, None, None, (), (KeyCredential("i", "k", None, None),))]),
    )
    exchange = unit.exchange("GET", "/login?apikey=k&x=1", route=ROUTE, prefix="/login")
    unit.run(policy, exchange)
    config = unit.config(
        lambda_config.KIND,
        **REQUIRED,
        forward_request_uri=True,
        forward_request_headers=True,
    )
    given = payload(config, exchange, b"")
    assert given["request_uri"] == "/login?x=1"
    assert given["request_uri_args"] == {"x": "1"}


EVENT = {"awsgateway_compatible": True}


def test_the_event_of_api_gateway(given_to):
    event = given_to(
        "/login/p?a=1&a=2&b", [("User-Agent", "curl"), ("A", "1"), ("A", "2")], b"hi", EVENT
    )
    assert event == {
        "version": "1.0",
        "path": "/p",
        "httpMethod": "POST",
        "headers": {"user-agent": "curl", "a": "1", "x-request-id": "r" * 32},
        "multiValueHeaders": {"user-agent": ["curl"], "a": ["1", "2"], "x-request-id": ["r" * 32]},
        "pathParameters": {},
        "queryStringParameters": {"a": "1", "b": True},
        "multiValueQueryStringParameters": {"a": ["1", "2"], "b": [True]},
        "body": "aGk=",
        "isBase64Encoded": True,
        "requestContext": {
            "path": "/p",
            "protocol": "HTTP/1.1",
            "httpMethod": "POST",
            "domainName": "gateway.test",
            "domainPrefix": "gateway",
            "identity": {"sourceIp": "127.0.0.1", "userAgent": "curl"},
            "requestId": "r" * 32,
            "requestTime": "14/Nov/2023:22:13:20 +0000",
            "requestTimeEpoch": 1_700_000_000_500,
            "resourcePath": "/login",
        },
    }
    json.dumps(event)


def test_the_event_with_the_services_path_and_a_plain_body(given_to):
    service = Service("s", "s", "http", "h", 80, "/srv", 1, 1, 1, 0)
    event = given_to(body=b"", config=EVENT, service=service)
    assert (event["path"], event["body"], event["isBase64Encoded"]) == ("/srv", "", False)
    assert "userAgent" not in event["requestContext"]["identity"]
    plain = {**EVENT, "base64_encode_body": False}
    assert given_to(body=b"hi", config=plain)["body"] == "hi"
    assert given_to(body=b"\xff", config=plain)["isBase64Encoded"] is True
