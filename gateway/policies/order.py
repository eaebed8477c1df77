"""Which plugins there are, and the order in which they see a request."""

from dataclasses import dataclass

from gateway.backends import lambda_function
from gateway.document.plugins import PluginKind
from gateway.policies import jwt, rate_limiting
from gateway.policies.contract import Build


@dataclass(frozen=True, slots=True)
class Step:
    """A kind of plugin, and how its policy is built; None when it is a backend."""

    kind: PluginKind
    build: Build | None


# Kong's order: who calls, then how often, then what answers.
ORDER = (
    Step(jwt.KIND, jwt.build),
    Step(rate_limiting.KIND, rate_limiting.build),
    Step(lambda_function.KIND, None),
)

KINDS = {step.kind.name: step.kind for step in ORDER}
