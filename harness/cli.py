"""`gateproof`: the console command behind the Makefile."""

import argparse
import importlib
from collections.abc import Callable

from harness.environments import ENVIRONMENTS
from harness.gateways import GATEWAYS
from harness.scenario.people import PEOPLE

_EPILOG = """\
examples:
  gateproof e2e                                   prove everything, embedded, no Docker
  gateproof e2e features/quotas --jobs 2          one folder of features, two at a time
  gateproof e2e --tags "needs-rig and not slow"   what the tags select
  gateproof up; curl "$(…)"; gateproof down       a running miniature multi-cloud

exit codes of e2e: 0 proved, 1 something broken or unknown, 2 nothing ran, 3 the environment died,
130 interrupted. Results are in report/: run.ndjson, verdict.json, junit.xml.
"""


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = parser().parse_args(argv)
    module, _, function = options.run.partition(":")
    try:
        # imported when asked for: pytest must be the first to see the modules that it rewrites
        run: Callable[[argparse.Namespace], int] = getattr(
            importlib.import_module(module), function
        )
        return run(options)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read our output has seen enough
        return 1


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="gateproof",
        description="Proves, in plain words and on the wire, what an API gateway promises.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_e2e(commands)
    _add_demo(commands)
    one = commands.add_parser("token", help="print a person's JWT for curl (after `up`)")
    one.add_argument("name", metavar="NAME", help=f"one of {', '.join(PEOPLE)}")
    one.set_defaults(run="harness.commands.token:run")
    one = commands.add_parser("lint", help="check features and steps without running them")
    one.add_argument("--features", metavar="DIR", help="a folder of features of your own, too")
    one.set_defaults(run="harness.commands.lint:run")
    one = commands.add_parser("doctor", help="what this machine can run, why not, and the remedy")
    one.set_defaults(run="harness.commands.doctor:run")
    one = commands.add_parser("clean", help="remove reports and what killed runs left")
    one.set_defaults(run="harness.commands.clean:run")
    return top


def _add_e2e(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser(
        "e2e", help="prove the promises: run the features against a gateway", epilog=_EPILOG,
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
    one.add_argument("--tags", default="", metavar="EXPR", help='such as "needs-rig and not slow"')
    one.add_argument("--features", metavar="DIR", help="a folder of features of your own, too")
    one.add_argument("--jobs", default="auto", metavar="N",
                     help="workers (default: one per processor)")  # fmt: skip
    one.add_argument(
        "--kafka", default="", metavar="KIND", help="emulated or real (embedded: emulated)"
    )
    one.add_argument("--report", default="report", metavar="DIR", help="where results go (report)")
    one.add_argument("--seed", metavar="N", help="repeat the order of an earlier run")
    one.add_argument("--subjects", default=".", metavar="DIR",
                     help="start gateway and services from a changed copy of this checkout")  # fmt: skip
    one.add_argument("--strict", action="store_true",
                     help="what is not runnable here counts as broken")  # fmt: skip
    one.set_defaults(run="harness.commands.e2e:run")


def _add_demo(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("up", help="start the miniature multi-cloud and leave it running")
    one.add_argument("--env", default="embedded", metavar="NAME", help="environment (embedded)")
    one.set_defaults(run="harness.commands.demo:up")
    one = commands.add_parser("down", help="stop what `up` started")
    one.set_defaults(run="harness.commands.demo:down")
