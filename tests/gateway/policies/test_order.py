"""The order of policies: Kong's."""

from gateway.policies.order import KINDS, ORDER


def test_the_order_is_kongs():
    assert [step.kind.name for step in ORDER] == [
        "correlation-id",
        "cors",
        "jwt",
        "key-auth",
        "request-size-limiting",
        "acl",
        "rate-limiting",
        "request-transformer",
        "aws-lambda",
    ]
    assert list(KINDS) == [step.kind.name for step in ORDER]
    assert [step.kind.name for step in ORDER if step.build is None] == ["aws-lambda"]
