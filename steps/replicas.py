"""What a replica says about itself, and rigs in which a scenario may break things."""

from pytest_bdd import given, then

from harness import topology
from harness.scenario.callers import Caller
from harness.scenario.calls import Calls
from harness.scenario.control_plane import ControlPlane
from harness.scenario.faulting import Faults
from harness.scenario.kept import Kept
from harness.specification.fragments import Fragment
from harness.specification.sentences import opens_rig, says


@opens_rig(
    "a gateway of its own, fed by the EU Cloud Gate",
    parts={"gate-eu", "eu-1"},
    links={"gate-eu.sync", "gate-eu.reports"},
)
def _() -> Fragment:
    return Fragment()


@opens_rig(
    "a gateway of its own, with an index of its own",
    parts={"gate-eu", "eu-1", "kafka", "ingest"},
)
def _() -> Fragment:
    return Fragment()


@opens_rig("two replicas of their own, fed by the EU Cloud Gate", parts={"gate-eu", "eu-1", "eu-2"})
def _() -> Fragment:
    return Fragment()


@opens_rig("a gateway of its own, fed by the US Cloud Gate", parts={"gate-us", "us-1"})
def _() -> Fragment:
    return Fragment()


@opens_rig("a gateway in each region", parts={"gate-eu", "eu-1", "gate-us", "us-1"})
def _() -> Fragment:
    return Fragment()


@opens_rig(
    "a gateway of its own that counts in a Redis of its own",
    parts={"gate-eu", "eu-1", "redis"},
    links={"redis"},
)
def _() -> Fragment:
    return Fragment()


@opens_rig("a gateway of its own that has no document yet", parts={"gate-eu", "eu-1"})
def _() -> Fragment:
    return Fragment(published=False)


@given("the gateway has kept its document")
def _(control_plane: ControlPlane) -> None:
    control_plane.wait_until_kept()


@given("the gateway is ready")
def _(control_plane: ControlPlane) -> None:
    control_plane.wait_until_ready()


@given(says('somebody has changed "{old}" in what the gateway keeps to "{new}"'))
def _(kept: Kept, old: str, new: str) -> None:
    kept.change(old, new)


@given("somebody has a copy of what the gateway keeps")
def _(kept: Kept) -> None:
    kept.copy()


@given("somebody has put the copy back")
def _(kept: Kept) -> None:
    kept.put_back()


@given("the gateway has looked at what it kept")
def _(control_plane: ControlPlane) -> None:
    control_plane.wait_until_looked()


@then("the gateway says that it serves what it kept")
def _(control_plane: ControlPlane) -> None:
    source = control_plane.status()["source"]
    assert source["kind"] == "snapshot", f"expected a snapshot to be served, it says {source}"


@then("the gateway says that it is not ready")
def _(control_plane: ControlPlane) -> None:
    status = control_plane.status()
    assert not status["ready"], f"expected a gateway that is not ready, it says {status}"


@given(says("its {link} link is cut"))
def _(faults: Faults, link: str) -> None:
    faults.cut(link)
    faults.require_bite(link)


@given(says("its {link} link is healed"))
def _(faults: Faults, link: str) -> None:
    faults.heal(link)


@given(says("its {resource} is killed"))
def _(faults: Faults, resource: str) -> None:
    faults.kill(resource)


@given(says("its {resource} is started again"))
def _(faults: Faults, resource: str) -> None:
    faults.start(resource)


@given(says("its {resource} is frozen"))
def _(faults: Faults, resource: str) -> None:
    faults.freeze(resource)


@given(says('the gateway counts "{who}" again at "{path}"'))
def _(calls: Calls, caller: Caller, who: str, path: str) -> None:
    calls.until_counted(caller.same_calls(who, path, 1)[0])


@then("the gateway says that it is cut off, and ready all the same")
def _(control_plane: ControlPlane) -> None:
    status = control_plane.wait_until_cut_off()
    assert status["ready"], f"expected a ready gateway, it says {status!r}"


@then("every replica serves the same version")
def _(control_plane: ControlPlane) -> None:
    versions = {name: control_plane.status(name)["version"] for name in control_plane.replicas}
    assert len(versions) == len(topology.gateways(control_plane.stage.facts["parts"]))
    assert len(set(versions.values())) == 1, f"replicas serve different versions: {versions}"
