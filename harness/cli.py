"""`gateproof`: the console command behind the Makefile."""

import argparse
import importlib
from collections.abc import Callable

from harness.commands import images_arguments
from harness.environments import ENVIRONMENTS
from harness.gateways import GATEWAYS
from harness.parity import LIST
from harness.scenario.people import PEOPLE
from harness.unread import quietly

_EPILOG = """\
examples:
  gateproof e2e                                   prove everything, embedded, no Docker
  gateproof e2e features/quotas --jobs 2          one folder of features, two at a time
  gateproof e2e --tags "needs-rig and not slow"   what the tags select
  gateproof up                                    leave it running, with curl lines to try

exit codes of e2e: 0 proved, 1 something broken or unknown, 2 nothing ran, 3 the environment died,
130 interrupted. Results are in report/: index.html, summary.md, verdict.json, junit.xml, and the
run.ndjson that they are drawn from.
"""

_REPORT = """\
examples:
  gateproof report                                 draw the results in report/ again
  gateproof report --from old/run.ndjson --to out  the same for an old run, in another folder
  gateproof report --merge shard-1 shard-2 --to out   the shards of one run as one report
  gateproof report --diff main/ branch/            what differs between two runs
  gateproof report --docs-only --history runs.json the features, with the last known verdicts

exit codes of report: 0 drawn, and nothing is newly broken; 1 something is, or a file could not be
written; 2 the input is no run, or the options do not fit together.
"""


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
        return quietly(lambda: _run(argv))
    except KeyboardInterrupt:
        return 130


def _run(argv: list[str] | None) -> int:
    options = parser().parse_args(argv)
    module, _, function = options.run.partition(":")
    # imported when asked for: pytest must be the first to see the modules that it rewrites
    run: Callable[[argparse.Namespace], int] = getattr(importlib.import_module(module), function)
    return run(options)


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="gateproof",
        description="Proves, in plain words and on the wire, what an API gateway promises.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_e2e(commands)
    _add_report(commands)
    _add_parity(commands)
    _add_demo(commands)
    one = commands.add_parser(
        "token", help="print a person's JWT for curl (after `up`)",
        description="Prints a JWT, good for an hour at what `gateproof up` started. "
        'Use it as: curl -H "Authorization: Bearer $(gateproof token Ada)" …',
    )  # fmt: skip
    one.add_argument("name", metavar="NAME", help=f"one of {', '.join(PEOPLE)}")
    one.set_defaults(run="harness.commands.token:run")
    one = commands.add_parser(
        "lint", help="check features and steps without running them",
        description="Says everything for which a run would refuse to start: sentences that nobody "
        "defined, steps that nobody uses, unknown tags, titles used twice. Exit code 1 for findings.",
    )  # fmt: skip
    one.add_argument(
        "--features", metavar="DIR", help="looks at a folder of features of your own, too"
    )
    one.set_defaults(run="harness.commands.lint:run")
    one = commands.add_parser(
        "doctor", help="what this machine can run, why not, and the remedy",
        description="Looks at this machine and changes nothing. Each line is ready, limited or "
        "missing, with the remedy. Exit code 1 when the environment `embedded` cannot run.",
    )  # fmt: skip
    one.add_argument("--external", default="", metavar="FILE",
                     help="look at the gateway of this file instead, and at the way back to us")  # fmt: skip
    one.set_defaults(run="harness.commands.doctor:run")
    images_arguments.add_to(commands)
    one = commands.add_parser(
        "fetch", help="fetch Apache Kafka for `e2e --kafka real`, sums checked",
        description="Fetches through Maven what a real Kafka without Docker runs on, checks every sum, "
        "and keeps it in ~/.cache/gateproof (or GATEPROOF_CACHE). Exit code 2 when that cannot be done.",
    )  # fmt: skip
    one.add_argument("what", metavar="WHAT", help="kafka")
    one.set_defaults(run="harness.commands.fetch:run")
    one = commands.add_parser(
        "clean", help="remove reports and what killed runs left",
        description="Removes report/ and its siblings, and the folders and processes of runs that "
        "were killed. What a living run or `gateproof up` uses stays.",
    )  # fmt: skip
    one.set_defaults(run="harness.commands.clean:run")
    return top


def _add_e2e(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser(
        "e2e", help="prove the promises: run the features against a gateway", epilog=_EPILOG,
        description="Checks the features, starts the miniature multi-cloud, runs what is selected,\n"
        "and says what was proved.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    one.add_argument(
        "selected", nargs="*", metavar="FEATURE",
        help="a folder, a .feature file, or FILE::TITLE; everything when left out",
    )  # fmt: skip
    one.add_argument("--env", default="embedded", metavar="NAME",
                     help=f"environment: {', '.join(ENVIRONMENTS)} (default: embedded)")  # fmt: skip
    one.add_argument("--gateway", default="reference", metavar="NAME",
                     help=f"gateway under test: {', '.join(GATEWAYS)} (default: reference)")  # fmt: skip
    one.add_argument(
        "--tags",
        default="",
        metavar="EXPR",
        help='only scenarios whose tags fit, such as "needs-rig and not slow"',
    )
    one.add_argument("--features", metavar="DIR", help="adds a folder of features of your own")
    one.add_argument("--jobs", default="auto", metavar="N",
                     help="how many scenarios run at once (default: one per processor)")  # fmt: skip
    one.add_argument(
        "--kafka",
        default="",
        metavar="KIND",
        help="which Kafka: emulated or real (embedded: emulated; real: `gateproof fetch kafka`)",
    )
    one.add_argument(
        "--report", default="report", metavar="DIR", help="where results go (default: report)"
    )
    one.add_argument(
        "--config", default="", metavar="FILE",
        help="addresses of a gateway that runs already, for --env external",
    )  # fmt: skip
    one.add_argument(
        "--address", action="append", default=[], metavar="NAME=URL",
        help="a single one, such as eu-1.proxy=http://127.0.0.1:8000; as often as there are any",
    )  # fmt: skip
    one.add_argument("--seed", metavar="N", help="repeat the order of an earlier run")
    one.add_argument("--subjects", default=".", metavar="DIR",
                     help="start gateway and services from a changed copy of this checkout")  # fmt: skip
    one.add_argument(
        "--shard", default="", metavar="NUMBER/COUNT",
        help="only this part of the scenarios, such as 2/4; all parts take about the same time",
    )  # fmt: skip
    one.add_argument(
        "--times", default="", metavar="FILE",
        help="verdict.json of an earlier run, for --shard; the same file in every part",
    )  # fmt: skip
    one.add_argument("--strict", action="store_true",
                     help="what is not runnable here counts as broken")  # fmt: skip
    one.add_argument("--history", metavar="FILE",
                     help="keep verdicts and times of the last 50 runs in a file: it marks what is "
                          "flaky and tells how long a run will take")  # fmt: skip
    one.set_defaults(run="harness.commands.e2e:run")


def _add_report(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser(
        "report", help="draw results again, merge shards, compare two runs, or draw the features alone",
        epilog=_REPORT, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    one.add_argument("--from", dest="source", metavar="RUN",
                     help="a run.ndjson, or the folder that holds it (report)")  # fmt: skip
    one.add_argument("--to", metavar="DIR", help="where results go (beside the run.ndjson)")
    one.add_argument("--merge", nargs="+", metavar="RUN",
                     help="the runs of shards as one, drawn into --to")  # fmt: skip
    one.add_argument("--diff", nargs=2, metavar=("BEFORE", "AFTER"),
                     help="what is newly broken, fixed, added, removed, slower, or answered in "
                          "another shape")  # fmt: skip
    one.add_argument("--html", metavar="FILE", help="with --diff: write it as a page as well")
    one.add_argument("--json", action="store_true", help="with --diff: print it for scripts")
    one.add_argument("--docs-only", action="store_true",
                     help="the features without a run; verdicts are the last known of --history or "
                          "--from (into report/docs)")  # fmt: skip
    one.add_argument("--features", metavar="DIR",
                     help="with --docs-only: a folder of features of your own, too")  # fmt: skip
    one.add_argument("--history", metavar="FILE",
                     help="the file that `e2e --history` keeps; a run that is drawn is added to it")  # fmt: skip
    one.set_defaults(run="harness.commands.report:run")


def _add_parity(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser(
        "parity", help="compare two environments, or two reports, verdict by verdict",
        description="Runs all features in two environments and compares the verdicts; or compares two "
        "reports. A difference fails unless harness/parity.toml lists it with its reason; one that is "
        "listed and gone fails, too. Exit code 0: the same; 1: not; 2: nothing to compare; "
        "3: a run died.",
    )  # fmt: skip
    one.add_argument(
        "reports", nargs="*", metavar="REPORT", help="two folders of finished runs; none runs both"
    )
    one.add_argument("--between", default="embedded,containers", metavar="NAME,NAME",
                     help="the environments to run (default: embedded,containers)")  # fmt: skip
    one.add_argument("--features", dest="selected", action="append", default=[], metavar="FEATURE",
                     help="only this folder or file; as often as there are any")  # fmt: skip
    one.add_argument("--jobs", default="auto", metavar="N",
                     help="how many scenarios run at once (default: one per processor)")  # fmt: skip
    one.add_argument("--list", default=str(LIST), metavar="FILE",
                     help="differences that are expected (default: harness/parity.toml)")  # fmt: skip
    one.add_argument("--report", default="report.parity", metavar="DIR",
                     help="where the results of both go (default: report.parity)")  # fmt: skip
    one.set_defaults(run="harness.commands.parity:run")


def _add_demo(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser(
        "up", help="start the miniature multi-cloud and leave it running",
        description="Starts every part, publishes the demo document, prints URLs and curl lines, and "
        "leaves it all running until `gateproof down`. Scripts find the addresses in "
        ".gateproof/up.json.",
    )  # fmt: skip
    one.add_argument("--env", default="embedded", metavar="NAME",
                     help=f"environment: {', '.join(ENVIRONMENTS)} (default: embedded)")  # fmt: skip
    one.add_argument(
        "--kafka", default="", metavar="KIND",
        help="which Kafka: emulated or real (embedded: emulated; real: `gateproof fetch kafka`)",
    )  # fmt: skip
    one.add_argument(
        "--profiles", default="us,analytics", metavar="NAMES",
        help="what Compose starts besides the first region (default: us,analytics)",
    )  # fmt: skip
    one.set_defaults(run="harness.commands.demo:up")
    one = commands.add_parser(
        "down", help="stop what `up` started",
        description="Ends what `gateproof up` started, and returns when nothing of it is left.",
    )  # fmt: skip
    one.set_defaults(run="harness.commands.demo:down")
