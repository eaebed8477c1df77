"""Keeps a run: starts the warden, shares the plan, collects the results, ends everything.

One keeper lives in the pytest process that controls the run, and one in each xdist worker; a worker's
keeper is told where the warden is.
"""

import contextlib
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.commands.complaints import complain
from harness.environments import ENVIRONMENTS, IN_DOCKER, prepare
from harness.environments.contract import Options
from harness.environments.sweeping import sweep
from harness.plugin import closing, opening, selection
from harness.plugin.collection import example_of, slow_first
from harness.plugin.evidence import before_the_first_step, worker_was_killed
from harness.plugin.recorder import Recorder
from harness.plugin.selection import Asked
from harness.report import Results, recording
from harness.report.again import again
from harness.report.folder import ReportFolder, open_folder
from harness.scenario.desk import Desk
from harness.settings import ROOT, read
from harness.specification import catalogue, plan, runnable, sentences
from harness.specification.lint import lint
from harness.verdicts import Exit, Verdict
from harness.warden.client import WardenClient, listen_for_news
from harness.warden.launch import Launched, fresh_run_id, launch
from harness.warden.wire import EnvironmentDied, Refused, WardenLost


class Keeper:
    """What every process of a run has: the way to the warden and to the plan."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.socket = ""
        self.run = ""
        self.worker = "w0"
        self.selected: list[catalogue.Example] = []
        self._desk: Desk | None = None

    def desk(self) -> Desk:
        """Return this process's place at the warden."""
        if self._desk is None:
            client = WardenClient(self.socket, "worker")
            known = sentences.definitions()
            understood = [catalogue.understand(one, known) for one in self.selected]
            unfit = runnable.unfit(understood, client.facts)
            fit = [one for one in understood if one.example.id not in unfit]
            self._desk = Desk(client, self.worker, plan.make(self.run, fit), unfit)
        return self._desk

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        slow_first(items)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        found = [example_of(item) for item in session.items]
        self.selected = [example for example in found if example is not None]


class WorkerKeeper(Keeper):
    """The keeper in an xdist worker."""

    def __init__(self, config: pytest.Config, told: dict[str, str], worker: str) -> None:
        super().__init__(config)
        self.socket, self.run, self.worker = told["socket"], told["run"], worker


class RunKeeper(Keeper):
    """The keeper in the process that controls the run."""

    def __init__(self, config: pytest.Config) -> None:
        super().__init__(config)
        self.run = fresh_run_id()
        self.results = Results(self.run)
        self.death = ""
        self.likely: dict[str, catalogue.Example] = {}
        self.folder: ReportFolder | None = None
        self.began = time.time()
        self.interrupted = False
        self.complaints: list[str] = []
        self._recorder: Recorder | None = None
        self._session: pytest.Session | None = None
        self._warden: Launched | None = None
        self._runner: WardenClient | None = None
        self._news: threading.Thread | None = None
        self._over = False
        self._left = ""

    # --- the beginning ------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Lint, and start the environment: before xdist makes workers, which must know where it is."""
        self._session = session
        asked = selection.asked(self.config)
        if self.config.option.collectonly or not any(one.holds_features for one in asked):
            return
        known = sentences.definitions()
        bare = self.config.getoption("gateproof_bare")
        if not bare:
            self._lint(known, selection.folders_outside(asked, ROOT / "features"))
        self.likely = self._selected(asked)
        self._start_warden(asked)
        understood = [catalogue.understand(one, known) for one in self.likely.values()]
        assert self._runner is not None
        unfit = runnable.unfit(understood, self._runner.facts)
        fit = [one for one in understood if one.example.id not in unfit]
        self._runner.call("begin", parts=sorted(plan.parts_of(fit)))
        if not bare:  # while the environment boots
            self._tell(opening.specification(self.config, asked, self.likely))

    def _selected(self, asked: Sequence[Asked]) -> dict[str, catalogue.Example]:
        """Return what names and tags select; `-k` and the like may leave less, which does no harm.

        Errors: UsageError when it is nothing, so that nothing is started for it.
        """
        found = selection.selected(asked, self.config.option.markexpr, self.config.rootpath)
        if not found and all(one.holds_features for one in asked):
            raise pytest.UsageError(
                "nothing ran: no scenario has the names and tags that were asked for; "
                "`pytest features --collect-only -q` lists them all"
            )
        mine = selection.of_this_shard(self.config, found)
        return {name: example for name, example in found.items() if name in mine}

    def _lint(self, known: Sequence[sentences.Definition], own_features: list[Path]) -> None:
        findings = lint([ROOT / "features", *own_features], known, self.config.rootpath)
        if findings:
            raise pytest.UsageError(
                "the specification has to be mended first:\n" + "\n".join(findings)
            )

    def _start_warden(self, asked: Sequence[Asked]) -> None:
        name = self.config.getoption("gateproof_env")
        settings = read()
        options = Options(
            kafka=self.config.getoption("gateproof_kafka"),
            config=self.config.getoption("gateproof_config"),
            addresses=dict(self.config.getoption("gateproof_addresses")),
        )
        prepare(name, settings, lambda line: print(line, flush=True))  # noqa: T201 - a minute of silence
        environment = ENVIRONMENTS[name](settings, options)
        if missing := environment.missing():
            raise pytest.UsageError(f"the environment {name} cannot run here: {missing}")
        sweep(settings, in_docker=name in IN_DOCKER)
        self.folder = open_folder(Path(self.config.getoption("gateproof_report")), self.run)
        try:
            self._warden = launch(
                run=self.run,
                environment=name,
                options=options,
                journal=self.folder.path / "run.ndjson",
                subjects=Path(self.config.getoption("gateproof_subjects")),
            )
        except WardenLost as error:
            raise pytest.UsageError(str(error)) from error
        self.socket = self._warden.socket
        self._runner = WardenClient(self.socket, "runner")
        self._recorder = Recorder(self.folder.path / "run.ndjson", self._runner)
        self._tell(opening.header(self.config, self.run, self.began, environment, asked))
        self._news = listen_for_news(self.socket, self._heard)

    def _heard(self, news: dict[str, Any]) -> None:
        """Called from the listening thread when a part died or the warden is gone."""
        if news["news"] == "ended":
            self._over, self._left = True, news.get("left", "")
        if self._over or self.death:
            return
        self.death = news.get("text") or "the warden is gone; what was under way is unknown"
        dsession = self.config.pluginmanager.getplugin("dsession")
        for session in (dsession, self._session):
            if session is not None:
                session.shouldstop = self.death

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if seen := getattr(report, "gateproof", None):
            self._take(seen)
        elif worker_was_killed(report) and report.nodeid in self.likely:
            example = self.likely[report.nodeid]
            reason = "the worker that ran it was killed"
            self._take(before_the_first_step(example, Verdict.UNKNOWN, reason).plain())

    def _take(self, seen: dict[str, Any]) -> None:
        option = self.config.getoption
        seen["again"] = again(
            seen["id"],
            option("gateproof_gateway"),
            option("gateproof_env"),
            option("gateproof_kafka"),
        )
        if self.results.add(seen):
            self._tell(recording.verdict(seen))

    def _tell(self, record: dict[str, Any]) -> None:
        """A journal that cannot be written costs the page, not the verdict."""
        if self._recorder is not None:
            with contextlib.suppress(OSError):
                self._recorder.tell(record)

    @pytest.hookimpl(optionalhook=True)  # also without xdist
    def pytest_configure_node(self, node: Any) -> None:
        """xdist: tell a worker where the warden is."""
        node.workerinput["gateproof"] = {"socket": self.socket, "run": self.run}

    # --- the end ------------------------------------------------------------------------------

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """End environment and workers at once: what was under way is not judged any more."""
        self.interrupted = excinfo.type is KeyboardInterrupt  # not pytest's own Interrupted
        if self.interrupted and self._runner is not None:
            self._drain()
            self._end()
            self._kill_workers()

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Judge absence over the whole journal, write the results, end the environment."""
        if self._runner is None:
            return
        try:
            self._finish()
        except KeyboardInterrupt:  # results are worth the moment that they take
            self.interrupted = True
            self._end()
            self._finish()
        if self.results.exit is not Exit.PROVED and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _finish(self) -> None:
        assert self.folder is not None
        assert self._recorder is not None
        if not self.interrupted:
            self._drain()
        self.results.finish(
            death=self.death, interrupted=self.interrupted,
            strict=self.config.getoption("gateproof_strict"),
        )  # fmt: skip
        self.complaints = closing.close(
            self.config, self.folder.path, self._recorder, self.results,
            interrupted=self.interrupted,
        )  # fmt: skip

    def _drain(self) -> None:
        assert self._runner is not None
        try:
            for turned in self.results.drained(self._runner.call("drain", within_s=60)):
                self._tell(recording.changed(turned))
        except (WardenLost, EnvironmentDied, Refused) as error:
            self.death = self.death or str(error)

    def _end(self) -> None:
        self._over = True
        if self._runner is not None:
            with contextlib.suppress(WardenLost, Refused, EnvironmentDied):
                self._runner.call("end", within_s=30)
        if self._recorder is not None:
            self._recorder.left()

    def _kill_workers(self) -> None:
        """xdist would wait ten seconds for a worker that is busy; it holds nothing that is kept."""
        dsession = self.config.pluginmanager.getplugin("dsession")
        for gateway in dsession.nodemanager.group if dsession else ():
            popen = getattr(gateway._io, "popen", None)
            if popen is not None:
                popen.kill()

    def pytest_unconfigure(self) -> None:
        """Return only when the warden has confirmed that nothing is left."""
        self._end()
        if self._runner is not None:
            self._runner.close()
        if self._warden is not None:
            self._warden.wait_for_end()
        if self._news is not None:
            self._news.join(timeout=5)
        if self._left:
            complain(self._left)
        if self.folder is not None:
            self.folder.release()
