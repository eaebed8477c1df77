"""Which plugins there are, and the order in which they see a request."""

from dataclasses import dataclass

from gateway.backends import lambda_config
from gateway.document.plugins import PluginKind
from gateway.policies import (
    acl,
    correlation_id,
    cors,
    jwt,
    key_auth,
    rate_limiting,
    request_size_limiting,
    request_transformer,
)
from gateway.policies.contract import Build


@dataclass(frozen=True, slots=True)
class Step:
    """A kind of plugin, and how its policy is built; None when it is a backend."""

    kind: PluginKind
    build: Build | None


# Kong's order: which request it is, who calls, whether he may and how often, then what answers.
ORDER = (
    Step(correlation_id.KIND, correlation_id.build),
    Step(cors.KIND, cors.build),
    Step(jwt.KIND, jwt.build),
    Step(key_auth.KIND, key_auth.build),
    Step(request_size_limiting.KIND, request_size_limiting.build),
    Step(acl.KIND, acl.build),
    Step(rate_limiting.KIND, rate_limiting.build),
    Step(request_transformer.KIND, request_transformer.build),
    Step(lambda_config.KIND, None),
)

KINDS = {step.kind.name: step.kind for step in ORDER}
