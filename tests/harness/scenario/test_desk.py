"""A process's place at the warden: the plan is handed in once, a refusal names who declared it."""

from collections.abc import Callable
from typing import Any

import pytest

from harness.scenario.desk import Desk, refusal_in_words
from harness.specification import plan
from harness.specification.catalogue import Example, Understood
from harness.specification.fragments import Fragment
from harness.specification.plan import Plan
from harness.verdicts import PlanRefused


def _example(name: str, fragment: Fragment) -> Understood:
    return Understood(
        Example(name, "a", "F", "R", name, "f", 1, frozenset(), ()), fragment, frozenset(), False
    )


@pytest.fixture
def made() -> Plan:
    routed = Fragment(
        services={"users": {"url": "x"}},
        routes={"users": {"paths": ["/users"]}},
        consumers={"shop": {}},
        plugins={("jwt", "service", "users"): {}},
    )
    return plan.make("k3f9", [_example("first", routed), _example("second", routed)])


@pytest.fixture
def desk(warden: Any, made: Plan) -> Desk:
    return Desk(warden, "gw1", made)


def test_no_two_marks_of_a_process_are_the_same(desk: Desk) -> None:
    marks = [desk.marker("s7-k3f9") for _ in range(100)]

    assert len(set(marks)) == 100
    assert marks[0] == "k3f9.s7-k3f9.gw1-1"


def test_the_plan_is_handed_in_once(desk: Desk, warden: Any, made: Plan) -> None:
    first, second = desk.publish(), desk.publish()

    assert first is second
    ((op, args),) = warden.asked
    assert op == "plan"
    assert args["digest"] == made.digest
    assert args["document"] == made.document
    assert args["suffixes"] == ["s1-k3f9", "s2-k3f9"]


def test_what_was_refused_is_refused_for_every_scenario(desk: Desk, warden: Any) -> None:
    errors = [{"pointer": "/routes/1/paths/0", "message": 'must start with "/"'}]
    warden.answers["plan"] |= {"refused": {"eu-1": errors, "eu-2": errors}}

    for _ in range(2):
        with pytest.raises(PlanRefused) as refused:
            desk.publish()
        assert str(refused.value) == (
            "the published document was refused: "
            'second declares /routes/1/paths/0: must start with "/"'
        )
    assert len(warden.asked) == 1


@pytest.mark.parametrize(
    ("pointer", "owner"),
    [
        ("/services/0/url", "first"),
        ("/services/1", "second"),
        ("/consumers/1/jwt_secrets/0", "second"),
        ("/plugins/1/config/minute", "second"),
        ("/plugins/0", "first"),
        ("/_format_version", "the plan"),
        ("/routes/99", "the plan"),
        ("", "the plan"),
        ("/routes/x", "the plan"),
    ],
)
def test_a_pointer_leads_to_the_scenario_that_declared_the_entity(
    made: Plan, pointer: str, owner: str
) -> None:
    words = refusal_in_words(made, {"eu-1": [{"pointer": pointer, "message": "odd"}]})

    assert words == f"the published document was refused: {owner} declares {pointer}: odd"


def test_the_mask_knows_every_secret_of_the_run(desk: Desk) -> None:
    for secret in desk.secrets.values():
        assert secret not in desk.mask.text(f"x {secret} y")
    assert desk.run == "k3f9"


def test_a_plan_without_anything_refused_is_served(desk: Desk) -> None:
    published: Callable[[], dict[str, Any]] = desk.publish

    assert published()["versions"] == {"eu": 1}
