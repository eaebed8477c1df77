"""`gateproof e2e`: run the features, tell the story, exit with what the run proved."""

import argparse
import os
import re
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from harness import environments, gateways
from harness.commands.complaints import BadInput, complain, require_known
from harness.environments.contract import KAFKAS
from harness.settings import ROOT
from harness.specification import sharding, tags
from harness.verdicts import Exit
from steps import MODULES

_OPERATORS = {"and", "or", "not"}


class _Ear:
    """Hears of the run's keeper, which knows what was proved."""

    keeper: Any = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_unconfigure(self, config: pytest.Config) -> None:
        self.keeper = config.pluginmanager.getplugin("gateproof-run")


def run(options: argparse.Namespace) -> int:
    """Run and return the exit code of design section 8."""
    try:
        arguments = pytest_arguments(options)
    except BadInput as error:
        complain(error)
        return Exit.NOTHING_RAN
    signal.signal(signal.SIGTERM, _interrupt)
    ear = _Ear()
    code = pytest.main(arguments, plugins=[ear])
    return exit_of(code, ear.keeper)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def exit_of(code: int, keeper: Any) -> int:
    """Turn pytest's exit code and what the keeper knows into ours."""
    if keeper is not None and keeper.death:
        return Exit.ENVIRONMENT_DIED
    if keeper is not None and keeper.interrupted:
        return Exit.INTERRUPTED
    if code in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) and keeper is not None:
        return int(keeper.results.exit)
    if code == pytest.ExitCode.NO_TESTS_COLLECTED:
        complain("nothing ran: no scenario is selected; look at the tags and the names you gave")
    return Exit.NOTHING_RAN


def pytest_arguments(options: argparse.Namespace) -> list[str]:
    """Draw pytest's command line.

    Errors: BadInput.
    """
    require_known("environment", options.env, environments.ENVIRONMENTS, environments.PLANNED)
    require_known("gateway", options.gateway, gateways.GATEWAYS, gateways.PLANNED)
    if options.kafka:
        require_known("Kafka", options.kafka, KAFKAS, ())
    arguments = [
        "-q", "--gateproof-story",
        # named here as well as in conftest.py: features may lie outside the checkout
        *(word for name in ("harness.plugin", *MODULES) for word in ("-p", name)),
        f"--rootdir={ROOT}", f"--config-file={ROOT / 'pyproject.toml'}",
        f"--gateproof-env={options.env}",
        f"--gateproof-kafka={options.kafka}",
        f"--gateproof-gateway={options.gateway}",
        f"--gateproof-subjects={_subjects(options.subjects)}",
        f"--gateproof-report={Path(options.report).absolute()}",
        *attaching(options),
    ]  # fmt: skip
    if options.history:
        arguments.append(f"--gateproof-history={Path(options.history).absolute()}")
    arguments += _shard(options)
    if options.strict:
        arguments.append("--gateproof-strict")
    if options.seed:
        arguments.append(f"--randomly-seed={options.seed}")
    if options.tags.strip():
        arguments.append(f"-m={_tag_expression(options.tags)}")
    return [*arguments, *_workers(options.jobs, options.selected), *_selected(options)]


def attaching(options: argparse.Namespace) -> list[str]:
    """Hand on where a gateway runs already.

    Errors: BadInput for an address without a name, and where nothing is attached to.
    """
    if not (options.config or options.address):
        return []
    if options.env != "external":
        raise BadInput(f"--config and --address are for --env external, found --env {options.env}")
    for address in options.address:
        name, _, url = address.partition("=")
        if not name or not url:
            raise BadInput(
                f"--address takes NAME=URL, as in eu-1.proxy=http://…, found {address!r}"
            )
    config = [f"--gateproof-config={Path(options.config).absolute()}"] if options.config else []
    return [*config, *(f"--gateproof-address={address}" for address in options.address)]


def _shard(options: argparse.Namespace) -> list[str]:
    """Errors: BadInput."""
    if not options.shard:
        if options.times:
            raise BadInput("--times says how to split scenarios: it goes with --shard NUMBER/COUNT")
        return []
    try:
        sharding.parse(options.shard)
        if options.times:
            sharding.times_in(Path(options.times))
    except sharding.BadShard as error:
        raise BadInput(str(error)) from None
    times = [f"--gateproof-times={Path(options.times).absolute()}"] if options.times else []
    return [f"--gateproof-shard={options.shard}", *times]


def _workers(jobs: str, chosen: Sequence[str]) -> list[str]:
    """One worker per processor; starting them takes longer than one feature file does."""
    if jobs == "auto" and chosen and all(".feature" in name for name in chosen):
        jobs = "1"
    if jobs != "auto" and not (jobs.isdigit() and int(jobs) > 0):
        raise BadInput(f"--jobs takes a number of workers or auto, found {jobs!r}")
    count = (os.cpu_count() or 1) if jobs == "auto" else int(jobs)
    return ["-n", str(count), "--dist=worksteal"] if count > 1 else ["-n", "0"]


def _tag_expression(text: str) -> str:
    expression = tags.expression(text)
    words = set(re.findall(r"[\w-]+", expression)) - _OPERATORS
    unknown = sorted(words - tags.TAGS.keys())
    if unknown:
        raise BadInput(
            f"there is no tag @{unknown[0]}; there are @{', @'.join(tags.TAGS)}. "
            "An area is selected by its folder: gateproof e2e features/quotas"
        )
    return expression


def _selected(options: argparse.Namespace) -> list[str]:
    own = [_folder_of_features(options.features)] if options.features else []
    chosen = [_feature(name) for name in options.selected]
    return [*(chosen or [str(ROOT / "features")]), *own]


def _folder_of_features(name: str) -> str:
    path = Path(name)
    if not path.is_dir():
        raise BadInput(f"FEATURES names no folder: {name}")
    if not any(path.rglob("*.feature")):
        raise BadInput(f"there is no .feature file in {name}")
    return str(path.resolve())


def _subjects(name: str) -> Path:
    path = (ROOT / name).resolve()
    if not (path / "gateway").is_dir() or not (path / "services").is_dir():
        raise BadInput(f"--subjects {name}: no gateway/ and services/ in there to start")
    return path


def _feature(name: str) -> str:
    """Find a feature by its name, seen from here or from the checkout."""
    file, separator, title = name.partition("::")
    for base in (Path.cwd(), ROOT):
        if (base / file).exists():
            return f"{(base / file).resolve()}{separator}{title}"
    raise BadInput(f"there is no feature {file}; give a folder, a .feature file or FILE::TITLE")
