"""Functions behind the gateway that answer as a feature says."""

from typing import Any

from pytest_bdd import then

from harness.scenario.arrivals import Arrivals
from harness.scenario.calls import Calls
from harness.scenario.function_answers import ANSWERS
from harness.specification.fragments import Fragment
from harness.specification.sentences import declares, says


def _function(answer: str, **config: Any) -> Fragment:
    """A route that invokes a function, which the scriptable upstream plays."""
    settings = {
        "aws_key": "${secret.aws_key}",
        "aws_secret": "${secret.aws_secret}",
        "aws_region": "eu-west-1",
        "function_name": "function-${suffix}",
        "host": "${upstream.host}",
        "port": "${upstream.port}",
        "disable_https": True,
        "forward_request_body": True,
        "timeout": 500,
        **config,
    }
    return Fragment(
        routes={"function": {"paths": ["/function"]}},
        plugins={("aws-lambda", "route", "function"): settings},
        scripts={"function": ANSWERS[answer]},
        parts=frozenset({"upstream"}),
    )


@declares('"/function" invokes a function that {answer:FunctionAnswer}')
def _(answer: str) -> Fragment:
    return _function(answer)


@declares('"/function" is answered as a proxy by a function that {answer:FunctionAnswer}')
def _(answer: str) -> Fragment:
    return _function(answer, is_proxy_integration=True)


@then("the function was reached once")
def _(arrivals: Arrivals, calls: Calls) -> None:
    found = len(arrivals.of_function(calls.stage.scope.name("function"), at="upstream"))
    assert found == 1, f"expected one invocation, found {found}"


@then(says('the call is answered {status:d} with "{body}"'))
def _(calls: Calls, status: int, body: str) -> None:
    found = (calls.last.status, calls.last.body.strip())
    assert found == (status, body), f"expected {(status, body)}, got {found}"


@then(says("the function received at least {size:d} bytes"))
def _(arrivals: Arrivals, calls: Calls, size: int) -> None:
    name = calls.stage.scope.name("function")
    found = [one["body_bytes"] for one in arrivals.of_function(name, at="upstream")]
    assert len(found) == 1, f"expected one invocation, found {len(found)}"
    assert found[0] >= size, f"expected at least {size} bytes, found {found}"
