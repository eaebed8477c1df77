"""Every policy in the order can be built from its config and lets a request pass or says why not."""

import asyncio

import pytest

from gateway.counters.local import LocalCounter
from gateway.document.entities import Scope
from gateway.http.messages import Answer
from gateway.policies.contract import Tools
from gateway.policies.issuers import Issuers
from gateway.policies.keys import Keys
from gateway.policies.numbering import Numbering
from gateway.policies.order import ORDER
from gateway.refusals import Refusal

SMALLEST = {"acl": {"allow": ["g"]}, "rate-limiting": {"minute": 1}}
STEPS = [step for step in ORDER if step.build is not None]


@pytest.mark.parametrize("step", STEPS, ids=[step.kind.name for step in STEPS])
def test_policies(unit, step):
    local = LocalCounter()
    tools = Tools(Issuers(()), Keys(()), local, lambda _: local, Numbering())
    config = unit.config(step.kind, **SMALLEST.get(step.kind.name, {}))
    outcome = asyncio.run(step.build(config, Scope(), tools)(unit.exchange()))
    assert outcome is None or isinstance(outcome, (Refusal, Answer))
