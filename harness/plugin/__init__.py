"""The pytest plugin: collects features, keeps the run, watches scenarios, reports.

`gateproof e2e` and bare `pytest features` are the same run; only the terminal view differs.
"""

import inspect
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from harness.plugin import collection, selection
from harness.plugin.collection import example_of
from harness.plugin.evidence import Watch, before_the_first_step, ends_the_run, verdict_of
from harness.plugin.fixtures import (  # noqa: F401 - fixtures are found by name in this module
    arrivals,
    caller,
    calls,
    control_plane,
    desk,
    faults,
    gateway,
    http,
    index,
    kept,
    reporting,
    stage,
    trouble,
)
from harness.plugin.keeper import Keeper, RunKeeper, WorkerKeeper
from harness.plugin.story import Story
from harness.settings import ROOT
from harness.specification.tags import TAGS
from harness.verdicts import NotRunnable, Verdict

_WATCH = pytest.StashKey[Watch]()
_KEEPER = "gateproof-run"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("gateproof", "Gateproof: features against a gateway")
    group.addoption("--gateproof-env", dest="gateproof_env", default="embedded", help="environment")
    group.addoption(
        "--gateproof-kafka", dest="gateproof_kafka", default="",
        help="emulated or real; what the environment has by itself when left out",
    )  # fmt: skip
    group.addoption("--gateproof-config", dest="gateproof_config", default="",
                    help="a file of addresses, for an environment that runs already")  # fmt: skip
    group.addoption(
        "--gateproof-address", dest="gateproof_addresses", action="append", default=[],
        type=lambda text: text.split("=", 1), metavar="NAME=URL", help="a single address",
    )  # fmt: skip
    group.addoption(
        "--gateproof-gateway", dest="gateproof_gateway", default="reference", help="gateway"
    )
    group.addoption(
        "--gateproof-report", dest="gateproof_report", default="report", help="report folder"
    )
    group.addoption("--gateproof-subjects", dest="gateproof_subjects", default=str(ROOT),
                    help="the folder that gateway and services are started from")  # fmt: skip
    group.addoption("--gateproof-history", dest="gateproof_history", default="",
                    help="a file that keeps the verdicts and times of the last runs")  # fmt: skip
    group.addoption("--gateproof-shard", dest="gateproof_shard", default="",
                    help="only this part of the scenarios, such as 2/4")  # fmt: skip
    group.addoption("--gateproof-times", dest="gateproof_times", default="",
                    help="verdict.json of an earlier run")  # fmt: skip
    group.addoption("--gateproof-bare", dest="gateproof_bare", action="store_true",
                    help="leave only run.ndjson, for a specification that was just read by the lint")  # fmt: skip
    group.addoption("--gateproof-strict", dest="gateproof_strict", action="store_true",
                    help="what is not runnable here counts as broken")  # fmt: skip
    group.addoption("--gateproof-story", dest="gateproof_story", action="store_true",
                    help="show the run as the specification reads")  # fmt: skip


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    for tag, meaning in TAGS.items():
        config.addinivalue_line("markers", f"{tag}: {meaning}")
    told = getattr(config, "workerinput", None)
    if told is not None:
        keeper: Keeper = WorkerKeeper(config, told["gateproof"], told["workerid"])
    else:
        keeper = RunKeeper(config)
    config.pluginmanager.register(keeper, _KEEPER)
    if config.getoption("gateproof_story") and told is None and isinstance(keeper, RunKeeper):
        plain = config.pluginmanager.unregister(name="terminalreporter")
        assert plain is not None
        config.pluginmanager.register(Story(config, keeper), "terminalreporter")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    return collection.collect(file_path, parent)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what belongs to other shards; every process comes to the same split."""
    examples = {example.id for item in items if (example := example_of(item))}
    mine = selection.of_this_shard(config, examples)
    left = [item for item in items if (one := example_of(item)) and one.id not in mine]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


# --- one scenario ------------------------------------------------------------------------------


def pytest_bdd_before_scenario(request: pytest.FixtureRequest) -> None:
    example = example_of(request.node)
    if example is not None:
        watch = Watch(example, request.getfixturevalue("stage"))
        watch.follow(request.getfixturevalue("calls"))
        request.node.stash[_WATCH] = watch
        watch.stage.tell("begun", id=example.id)


def pytest_bdd_before_step(request: pytest.FixtureRequest, step: Any) -> None:
    if watch := request.node.stash.get(_WATCH, None):
        watch.begin(step.keyword, step.name)


def pytest_bdd_before_step_call(step_func: Callable[..., Any], step: Any) -> None:
    """pytest-bdd drops the coroutine of an async step and calls it green: refuse to run one."""
    if inspect.iscoroutinefunction(step_func):
        raise TypeError(f"the step {step.name!r} is async and would pass without running")


def pytest_bdd_after_step(request: pytest.FixtureRequest) -> None:
    if watch := request.node.stash.get(_WATCH, None):
        watch.end(passed=True)


def pytest_bdd_step_error(request: pytest.FixtureRequest) -> None:
    if watch := request.node.stash.get(_WATCH, None):
        watch.end(passed=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Attach what was seen to the report; it travels from worker to controller as JSON."""
    report = yield
    example = example_of(item)
    if example is None:
        return report
    error = call.excinfo.value if call.excinfo else None
    watch = item.stash.get(_WATCH, None)
    if call.when == "call" or error is not None:
        verdict, reason = verdict_of(error)
        if watch is not None and verdict is Verdict.BROKEN:
            verdict, reason = watch.unless_died(verdict, reason)
        seen = (
            watch.finish(verdict, reason, error)
            if watch is not None
            else before_the_first_step(example, verdict, reason)
        )
        fields = seen.plain()
        report.gateproof = fields  # type: ignore[attr-defined]
        if isinstance(error, NotRunnable):
            report.outcome, report.longrepr = "skipped", (example.file, example.line, reason)
        elif error is not None and report.failed:
            report.longrepr = "\n".join([reason, *fields["shown"]])
    if ends_the_run(error) and isinstance(item.session, pytest.Session):
        item.session.shouldstop = str(error)
    return report
