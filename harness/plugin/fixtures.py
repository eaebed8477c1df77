"""The small named fixtures through which steps travel: stage, calls, arrivals, index."""

from collections.abc import Iterator

import httpx
import pytest

from harness.gateways import GATEWAYS
from harness.gateways.contract import Gateway
from harness.plugin.collection import example_of
from harness.scenario import calls as calling
from harness.scenario.analytics import Index
from harness.scenario.arrivals import Arrivals
from harness.scenario.callers import Caller
from harness.scenario.calls import Calls
from harness.scenario.control_plane import ControlPlane
from harness.scenario.desk import Desk
from harness.scenario.faulting import Faults
from harness.scenario.kept import Kept
from harness.scenario.reporting import Reporting
from harness.scenario.stage import Stage
from harness.scenario.trouble import Trouble
from harness.verdicts import NotRunnable


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    with calling.client() as client:
        yield client


@pytest.fixture(scope="session")
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """This process's place at the warden; the plan is published when it opens."""
    keeper = request.config.pluginmanager.getplugin("gateproof-run")
    desk: Desk = keeper.desk()
    yield desk
    desk.client.close()


@pytest.fixture
def stage(request: pytest.FixtureRequest, desk: Desk) -> Iterator[Stage]:
    example = example_of(request.node)
    assert example is not None, "only scenarios have a stage"
    if reason := desk.unfit.get(example.id):
        raise NotRunnable(reason)
    stage = Stage(desk, desk.plan.entries[example.id])
    yield stage
    stage.close()


@pytest.fixture
def calls(stage: Stage, http: httpx.Client) -> Calls:
    return Calls(stage, http)


@pytest.fixture
def caller(stage: Stage) -> Caller:
    return Caller(stage, {})


@pytest.fixture
def arrivals(stage: Stage, http: httpx.Client) -> Arrivals:
    return Arrivals(stage, http)


@pytest.fixture
def index(stage: Stage, calls: Calls, http: httpx.Client) -> Index:
    return Index(stage, calls, http)


@pytest.fixture
def faults(stage: Stage) -> Iterator[Faults]:
    faults = Faults(stage)
    yield faults
    faults.finish()


@pytest.fixture
def kept(stage: Stage) -> Kept:
    return Kept(stage)


@pytest.fixture
def control_plane(request: pytest.FixtureRequest, stage: Stage, http: httpx.Client) -> ControlPlane:
    adapter = GATEWAYS[request.config.getoption("gateproof_gateway")]
    return ControlPlane(stage, adapter, http, {})


@pytest.fixture
def trouble(faults: Faults, control_plane: ControlPlane) -> Trouble:
    return Trouble(faults, control_plane)


@pytest.fixture
def reporting(stage: Stage, http: httpx.Client) -> Reporting:
    return Reporting(stage, http)


@pytest.fixture
def gateway(request: pytest.FixtureRequest, stage: Stage, http: httpx.Client) -> Gateway:
    """The first replica, as the adapter of the gateway under test sees it."""
    adapter = GATEWAYS[request.config.getoption("gateproof_gateway")]
    return adapter(
        stage.address(f"{stage.replicas[0]}.admin"), http, stage.desk.secrets.get("admin", "")
    )
