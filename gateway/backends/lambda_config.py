"""What the aws-lambda plugin can be told."""

from dataclasses import dataclass

from gateway.document.fields import Fields
from gateway.document.plugins import PluginKind

LONGEST_MS = 2**31 - 2
LATER = ("proxy_url", "aws_assume_role_arn", "aws_sts_endpoint_url")


@dataclass(frozen=True, slots=True)
class LambdaConfig:
    aws_key: str
    aws_secret: str
    aws_region: str
    function_name: str
    qualifier: str | None
    invocation_type: str
    log_type: str
    host: str
    port: int
    tls: bool
    timeout_ms: int
    unhandled_status: int | None
    forward_method: bool
    forward_uri: bool
    forward_headers: bool
    forward_body: bool
    base64_encode_body: bool
    is_proxy_integration: bool
    awsgateway_compatible: bool

    @property
    def forwards(self) -> bool:
        return self.forward_method or self.forward_uri or self.forward_headers or self.forward_body


def read_config(fields: Fields) -> LambdaConfig:
    read_what_changes_nothing(fields)
    region = fields.text("aws_region", required=True) or ""
    return LambdaConfig(
        aws_key=fields.text("aws_key", required=True) or "",
        aws_secret=fields.secret("aws_secret", required=True) or "",
        aws_region=region,
        function_name=fields.text("function_name", required=True) or "",
        qualifier=fields.text("qualifier"),
        invocation_type=fields.choice(
            "invocation_type", ("RequestResponse", "Event", "DryRun"), "RequestResponse"
        ),
        log_type=fields.choice("log_type", ("Tail", "None"), "Tail"),
        host=fields.text("host") or f"lambda.{region}.amazonaws.com",
        port=fields.number("port", 443, 1, 65535) or 443,
        tls=not fields.flag("disable_https", False),
        timeout_ms=fields.number("timeout", 60000, 1, LONGEST_MS) or 60000,
        unhandled_status=fields.number("unhandled_status", None, 200, 599),
        forward_method=fields.flag("forward_request_method", False),
        forward_uri=fields.flag("forward_request_uri", False),
        forward_headers=fields.flag("forward_request_headers", False),
        forward_body=fields.flag("forward_request_body", False),
        base64_encode_body=fields.flag("base64_encode_body", True),
        is_proxy_integration=fields.flag("is_proxy_integration", False),
        awsgateway_compatible=fields.flag("awsgateway_compatible", False),
    )


def read_what_changes_nothing(fields: Fields) -> None:
    """Fields whose every accepted value means the same here."""
    fields.flag("skip_large_bodies", True)  # none is ever skipped: too large is 413
    fields.choice("empty_arrays_mode", ("legacy", "correct"), "legacy")  # nothing is re-encoded
    fields.number("keepalive", 60000, 0, LONGEST_MS)  # the client keeps its own, shorter time
    fields.only("aws_imds_protocol_version", "v1", "v2")  # credentials are always in the document
    fields.only("aws_role_session_name", "kong")
    for later in LATER:
        fields.only(later)


KIND = PluginKind("aws-lambda", read_config)
