"""What a scenario declares: the Givens that become pieces of the one published document."""

from typing import Any

from harness.scenario.markup import MARKUP
from harness.scenario.odd_answers import ODD_ANSWERS
from harness.specification.fragments import Fragment
from harness.specification.sentences import declares
from harness.topology import SPOKEN

_PATIENCE: dict[str, Any] = {"connect_timeout": 1000, "read_timeout": 5000, "retries": 0}


def _service(name: str) -> Fragment:
    part = SPOKEN[name]
    return Fragment(
        services={part: {"url": f"${{{part}.url}}", **_PATIENCE}}, parts=frozenset({part})
    )


def routed(path: str, service: str, **fields: Any) -> Fragment:
    made = _service(service)
    route = {"paths": [path], "service": SPOKEN[service], "strip_path": True, **fields}
    return Fragment(
        services=made.services,
        routes={path.strip("/").replace("/", "-") or "root": route},
        parts=made.parts,
    )


def _consumer(name: str) -> dict[str, Any]:
    key = f"{name.lower().replace(' ', '-')}-key-${{suffix}}"
    secret = {"key": key, "secret": "${secret.jwt}", "algorithm": "HS256"}
    return {name.lower().replace(" ", "-"): {"jwt_secrets": [secret]}}


@declares('the gateway routes "{path}" to {service}')
def _(path: str, service: str) -> Fragment:
    return routed(path, service)


@declares('the gateway routes only {method} "{path}" to {service}')
def _(method: str, path: str, service: str) -> Fragment:
    return routed(path, service, methods=[method])


@declares('the gateway routes "{path}" to {service} without stripping the prefix')
def _(path: str, service: str) -> Fragment:
    return routed(path, service, strip_path=False)


@declares('the gateway routes "{path}" to {service} where "{header}" is "{value}"')
def _(path: str, service: str, header: str, value: str) -> Fragment:
    return routed(path, service, headers={header: [value]})


@declares("{service} is open only to consumers with a token")
def _(service: str) -> Fragment:
    config = {"key_claim_name": "kid", "claims_to_verify": ["exp"]}
    return Fragment(plugins={("jwt", "service", SPOKEN[service]): config})


@declares("{name} is a consumer with a key pair")
def _(name: str) -> Fragment:
    key = f"{name.lower()}-key-${{suffix}}"
    credential = {"key": key, "algorithm": "ES256", "rsa_public_key": "${secret.ec_public}"}
    return Fragment(consumers={name.lower(): {"jwt_secrets": [credential]}})


@declares("{name} is a consumer")
def _(name: str) -> Fragment:
    return Fragment(consumers=_consumer(name))


@declares("a consumer has a script for a name")
def _() -> Fragment:
    return Fragment(consumers=_consumer(MARKUP))


@declares("{service} admits {limit:d} calls a minute from each consumer")
def _(service: str, limit: int) -> Fragment:
    config = {"minute": limit, "policy": "local", "limit_by": "consumer"}
    return Fragment(plugins={("rate-limiting", "service", SPOKEN[service]): config})


@declares("{service} admits {limit:d} calls a minute from each consumer over all replicas")
def _(service: str, limit: int) -> Fragment:
    config = {
        "minute": limit,
        "policy": "redis",
        "limit_by": "consumer",
        "fault_tolerant": False,
    }
    return Fragment(
        plugins={("rate-limiting", "service", SPOKEN[service]): config},
        parts=frozenset({"redis"}),
    )


@declares('"{path}" leads to a service that is down')
def _(path: str) -> Fragment:
    return Fragment(
        services={"down": {"url": "${nowhere.url}", **_PATIENCE}},
        routes={"down": {"paths": [path], "service": "down"}},
    )


@declares(
    '"{path}" leads to a service that takes {delay_s:g} seconds, and the gateway waits {patience_ms:d} ms'
)
def _(path: str, delay_s: float, patience_ms: int) -> Fragment:
    url = "${upstream.url}/slow-${suffix}"
    return Fragment(
        services={"slow": {"url": url, **_PATIENCE, "read_timeout": patience_ms}},
        routes={"slow": {"paths": [path], "service": "slow"}},
        scripts={"slow": {"delay_s": delay_s, "status": 200, "body": "late"}},
        parts=frozenset({"upstream"}),
    )


@declares('"{path}" leads to a service that {answers:OddAnswer}')
def _(path: str, answers: str) -> Fragment:
    return Fragment(
        services={"odd": {"url": "${upstream.url}/odd-${suffix}", **_PATIENCE}},
        routes={"odd": {"paths": [path], "service": "odd"}},
        scripts={"odd": ODD_ANSWERS[answers]},
        parts=frozenset({"upstream"}),
    )


def _login(**changed: Any) -> Fragment:
    config = {
        "aws_key": "${secret.aws_key}",
        "aws_secret": "${secret.aws_secret}",
        "aws_region": "eu-west-1",
        "function_name": "login-${suffix}",
        "host": "${auth.host}",
        "port": "${auth.port}",
        "disable_https": True,
        "forward_request_body": True,
        **changed,
    }
    return Fragment(
        routes={"login": {"paths": ["/login"], "methods": ["POST"]}},
        plugins={("aws-lambda", "route", "login"): config},
        parts=frozenset({"auth"}),
    )


@declares('"/login" invokes the login function')
def _() -> Fragment:
    return _login()


@declares('"/login" invokes the login function with a wrong key')
def _() -> Fragment:
    return _login(aws_secret="not the secret that AWS knows")
