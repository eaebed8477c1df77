"""The terminal view that reads like the specification: feature, rule, example, verdict, time.

A feature is printed when all of its examples have run. On a terminal a line of progress stands
below; elsewhere there are plain lines only.
"""

import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.terminal import TerminalReporter

from harness.plugin.evidence import worker_was_killed
from harness.verdicts import Exit, Verdict

if TYPE_CHECKING:
    from harness.plugin.keeper import RunKeeper

_SHAPES = {
    Verdict.PROVED: ("✓", {"green": True}),
    Verdict.BROKEN: ("✗", {"red": True, "bold": True}),
    Verdict.UNKNOWN: ("?", {"yellow": True, "bold": True}),
    Verdict.KNOWN_DEVIATION: ("≠", {"cyan": True}),
    Verdict.NOT_SUPPORTED: ("–", {"cyan": True}),
    Verdict.NOT_RUNNABLE: ("○", {"cyan": True}),
}
_SLOWEST = 3


class Story(TerminalReporter):  # type: ignore[misc]  # pytest has no other seam for a view
    """Replaces pytest's own view under `gateproof e2e`."""

    def __init__(self, config: pytest.Config, keeper: "RunKeeper") -> None:
        super().__init__(config)
        self._keeper = keeper
        self._began = time.monotonic()
        self._expected: dict[str, set[str]] = defaultdict(set)
        self._finished: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        self._printed: set[str] = set()
        self._progress_shown = False
        self._opened = False

    # --- what pytest would say ----------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self._session = session
        plugins = self.config.pluginmanager
        if plugins.has_plugin("terminaldistreporter"):  # xdist has its own words: no more of them
            plugins.unregister(name="terminaldistreporter")
            plugins.getplugin("dsession").terminal = None

    def pytest_collection(self) -> None:
        pass

    def report_collect(self, final: bool = False) -> None:
        pass

    def pytest_runtest_logstart(self, nodeid: str, location: Any) -> None:
        pass

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        pass

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._expect(item.nodeid for item in session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: list[str]) -> None:
        self._expect(ids)

    def _expect(self, ids: Any) -> None:
        if not self._opened:
            self._opened = True
            self._opening()
        for node_id in ids:
            if example := self._keeper.likely.get(node_id):
                self._expected[example.file].add(node_id)

    def _opening(self) -> None:
        keeper = self._keeper
        option = keeper.config.getoption
        self._line(
            f"Gateproof run {keeper.run}: gateway {option('gateproof_gateway')}, "
            f"environment {option('gateproof_env')}, seed {option('randomly_seed', None)}"
        )
        if keeper.folder is not None and keeper.folder.elsewhere:
            self._line(f"results go to {keeper.folder.path}: {keeper.folder.wanted} is in use")

    # --- scenarios ----------------------------------------------------------------------------

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "teardown" or worker_was_killed(report):
            self._done(report.nodeid)

    def _done(self, node_id: str) -> None:
        example = self._keeper.likely.get(node_id)
        seen = self._keeper.results.scenarios.get(example.id) if example else None
        if example is None or seen is None:
            return
        self._finished[example.file][node_id] = seen
        if self._finished[example.file].keys() >= self._expected[example.file]:
            self._print_feature(example.file)
        self._progress()

    def _print_feature(self, file: str) -> None:
        """Print what ran of a feature, in the order in which it is written."""
        self._clear_progress()
        self._printed.add(file)
        place = {node_id: number for number, node_id in enumerate(self._keeper.likely)}
        finished = sorted(self._finished[file].items(), key=lambda pair: place[pair[0]])
        self._line("")
        self._line(finished[0][1]["feature"], bold=True)
        rule = ""
        for _, seen in finished:
            if seen["rule"] != rule:
                rule = seen["rule"]
                self._line(f"  {rule}")
            self._print_example(seen)

    def _print_example(self, seen: dict[str, Any]) -> None:
        verdict = Verdict(seen["verdict"])
        shape, markup = _SHAPES[verdict]
        words = "" if verdict is Verdict.PROVED else f"{verdict}: "
        self._tw.write(f"    {shape} ", **markup)
        self._line(f"{words}{_titled(seen)}  {_seconds(seen['took_s'])}")
        if verdict is Verdict.NOT_RUNNABLE:
            self._line(f"        {seen['reason']}")

    def _progress(self) -> None:
        if not self.isatty:
            return
        done = sum(len(seen) for seen in self._finished.values())
        total = sum(len(ids) for ids in self._expected.values())
        took = time.monotonic() - self._began
        left = took / done * (total - done) if done else 0
        self._clear_progress()
        self._tw.write(f"  {done} of {total}, about {left:.0f} s to go")
        self._progress_shown = True

    def _clear_progress(self) -> None:
        if self._progress_shown:
            self._tw.write("\r\x1b[K")
            self._progress_shown = False

    # --- the end ------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: Any) -> Any:
        result = yield
        self._clear_progress()
        for file in self._finished:
            if file not in self._printed:
                self._print_feature(file)
        self.summary_errors()
        self._failures()
        self._closing()
        return result

    def pytest_unconfigure(self) -> None:
        pass

    def _failures(self) -> None:
        for seen in self._keeper.results.scenarios.values():
            if Verdict(seen["verdict"]) in (Verdict.BROKEN, Verdict.UNKNOWN):
                self._failure(seen)
        for reason in self._keeper.results.stray:
            self._line("")
            self._line(f"✗ broken: {reason}", red=True)

    def _failure(self, seen: dict[str, Any]) -> None:
        verdict = Verdict(seen["verdict"])
        self._line("")
        self._line(f"{_SHAPES[verdict][0]} {verdict}: {_titled(seen)}", **_SHAPES[verdict][1])
        self._line(f"    promise  {seen['rule'] or seen['feature']}")
        for step in seen["steps"]:
            mark = "  " if step["passed"] else "->"
            self._line(f"    {mark} {step['keyword'].strip()} {step['text']}")
        self._line(f"    {seen['reason']}", bold=True)
        for line in seen["shown"]:
            self._line(f"      {line}")
        self._line(f"    again    gateproof e2e {_quoted(seen['id'])}{self._same_again()}")

    def _same_again(self) -> str:
        gateway = self._keeper.config.getoption("gateproof_gateway")
        environment = self._keeper.config.getoption("gateproof_env")
        kafka = self._keeper.config.getoption("gateproof_kafka")
        changed = [
            f" --gateway {gateway}" if gateway != "reference" else "",
            f" --env {environment}" if environment != "embedded" else "",
            f" --kafka {kafka}" if kafka else "",
        ]
        return "".join(changed)

    def _closing(self) -> None:
        keeper = self._keeper
        results = keeper.results
        if keeper.folder is None:
            return
        self._line("")
        for took, step, title in results.slowest_steps(_SLOWEST):
            self._line(f"slow     {_seconds(took)}  {step}  ({title})")
        for reason, took in results.waits()[:_SLOWEST]:
            self._line(f"waited   {_seconds(took)}  for {reason}")
        self._line(f"ready    {results.readiness()}")
        if results.cost:
            self._line(
                f"cost     {results.cost['memory_mib']:.0f} MiB and {results.cost['cpu_s']:.1f} "
                f"CPU seconds in {results.cost['processes']} processes"
            )
        if keeper.death:
            self._line(f"the environment died: {keeper.death}", red=True, bold=True)
        if keeper.interrupted:
            self._line("interrupted: what was under way is not judged", yellow=True)
        self._line(self._verdict_line(), **self._colour(), bold=True)

    def _verdict_line(self) -> str:
        results = self._keeper.results
        counted = ", ".join(
            f"{results.counts[kind]} {kind}" for kind in Verdict if results.counts[kind]
        )
        took = time.monotonic() - self._began
        folder = self._keeper.folder.path if self._keeper.folder else ""
        return f"{counted or 'nothing ran'} in {took:.1f} s; results in {folder}"

    def _colour(self) -> dict[str, bool]:
        return {"green": True} if self._keeper.results.exit is Exit.PROVED else {"red": True}

    def _line(self, text: str, **markup: bool) -> None:
        self._tw.line(text, **markup)


def _titled(seen: dict[str, Any]) -> str:
    """Show an outline's row beside its title, unless the title names the row's values itself."""
    template, _, row = seen["id"].partition("::")[2].partition("[")
    return f"{seen['title']} [{row}" if row and "<" not in template else str(seen["title"])


def _seconds(took_s: float) -> str:
    return f"{took_s:.2f} s"


def _quoted(text: str) -> str:
    import shlex

    return shlex.quote(text)
