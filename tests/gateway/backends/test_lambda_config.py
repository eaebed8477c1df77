"""The aws-lambda plugin's fields: Kong's names and defaults, nothing ignored."""

import pytest

from gateway.backends.lambda_config import KIND

REQUIRED = {"aws_key": "k", "aws_secret": "s", "aws_region": "eu-west-1", "function_name": "f"}
EXPORTED = {
    "aws_assume_role_arn": None,
    "aws_imds_protocol_version": "v1",
    "aws_role_session_name": "kong",
    "aws_sts_endpoint_url": None,
    "empty_arrays_mode": "legacy",
    "host": None,
    "keepalive": 60000,
    "log_type": "Tail",
    "port": 443,
    "proxy_url": None,
    "qualifier": None,
    "skip_large_bodies": True,
    "unhandled_status": None,
}


def test_defaults_are_kongs(unit):
    config = unit.config(KIND, **REQUIRED)
    assert (config.host, config.port, config.tls) == ("lambda.eu-west-1.amazonaws.com", 443, True)
    assert (config.timeout_ms, config.invocation_type, config.log_type) == (
        60000,
        "RequestResponse",
        "Tail",
    )
    assert (config.forwards, config.is_proxy_integration, config.base64_encode_body) == (
        False,
        False,
        True,
    )
    assert unit.config(KIND, **REQUIRED, **EXPORTED) == config
    assert unit.config(KIND, **REQUIRED, forward_request_uri=True).forwards


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"aws_key": None}, "/aws_key is required"),
        ({"aws_secret": None}, "/aws_secret is required"),
        ({"aws_region": None}, "/aws_region is required"),
        ({"function_name": None}, "/function_name is required"),
        ({"invocation_type": "Later"}, "/invocation_type must be one of RequestResponse, Event, DryRun"),
        ({"unhandled_status": 99}, "/unhandled_status must be a whole number from 200 to 599"),
        ({"port": 0}, "/port must be a whole number"),
        ({"proxy_url": "http://x"}, "/proxy_url is not in this version"),
        ({"aws_assume_role_arn": "x"}, "/aws_assume_role_arn is not in this version"),
        ({"empty_arrays_mode": "other"}, "/empty_arrays_mode must be one of legacy, correct"),
        ({"skip_large_bodies": "x"}, "/skip_large_bodies must be true or false"),
        ({"bogus": 1}, "/bogus unknown field"),
    ],
)  # fmt: skip
def test_what_the_document_may_not_say(unit, config, expected):
    (problem,) = unit.problems(KIND, **{**REQUIRED, **config})
    assert expected in problem


def test_a_secret_is_never_shown(unit):
    (problem,) = unit.problems(KIND, **{**REQUIRED, "aws_secret": ["hunter2"]})
    assert "hunter2" not in problem
    (problem,) = unit.problems(KIND, **{**REQUIRED, "aws_secret": 1234567})
    assert "1234567" not in problem
