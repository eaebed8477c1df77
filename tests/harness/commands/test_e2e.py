"""`gateproof e2e`: what people may ask for, what they are told when they may not, the exit codes."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness import cli, environments
from harness.commands import e2e
from harness.commands.complaints import BadInput
from harness.settings import ROOT
from harness.verdicts import Exit

Arguments = Callable[..., list[str]]


def _options(*words: str) -> argparse.Namespace:
    return cli.parser().parse_args(["e2e", *words])


def _arguments(*words: str) -> list[str]:
    return e2e.pytest_arguments(_options(*words))


def _said(*words: str) -> str:
    with pytest.raises(BadInput) as bad:
        _arguments(*words)
    return str(bad.value)


def test_by_default_everything_is_run_against_the_reference_gateway_embedded() -> None:
    arguments = _arguments()

    assert arguments[-1] == str(ROOT / "features")
    assert "--gateproof-env=embedded" in arguments
    assert "--gateproof-gateway=reference" in arguments
    assert f"--gateproof-report={Path('report').absolute()}" in arguments
    assert "--gateproof-strict" not in arguments
    assert not any(argument.startswith(("-m", "--randomly-seed")) for argument in arguments)


THERE = " or ".join(environments.ENVIRONMENTS)


@pytest.mark.parametrize("name", environments.PLANNED)
def test_an_environment_that_is_not_there_yet_is_told_as_such(name: str) -> None:
    assert _said("--env", name) == (
        f"environment {name!r} is not in this version yet; there is {THERE}"
    )


def test_an_environment_that_nobody_knows_is_told_as_such() -> None:
    assert _said("--env", "moon") == f"there is no environment 'moon'; there is {THERE}"


@pytest.mark.parametrize("name", ["kong", "envoy", "gravitee"])
def test_a_gateway_that_is_not_there_yet_is_told_as_such(name: str) -> None:
    assert _said("--gateway", name) == (
        f"gateway {name!r} is not in this version yet; there is reference"
    )


def test_a_gateway_that_nobody_knows_is_told_as_such() -> None:
    assert _said("--gateway", "nginx") == "there is no gateway 'nginx'; there is reference"


def test_a_real_kafka_is_never_guessed() -> None:
    assert "--gateproof-kafka=" in _arguments()
    assert "--gateproof-kafka=real" in _arguments("--kafka", "real")
    assert _said("--kafka", "x") == "there is no Kafka 'x'; there is emulated or real"


@pytest.mark.parametrize("jobs", ["0", "-1", "two", "1.5", ""])
def test_jobs_are_a_number_of_workers(jobs: str) -> None:
    assert _said(f"--jobs={jobs}") == f"--jobs takes a number of workers or auto, found {jobs!r}"


def _workers(*words: str) -> str:
    arguments = _arguments(*words)
    return arguments[arguments.index("-n") + 1]


def test_one_job_is_no_worker_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 8)

    assert _workers("--jobs", "1") == "0"
    assert _workers("--jobs", "3") == "3"
    assert _workers() == "8"
    assert _workers("features/quotas/quotas.feature") == "0"
    assert _workers("features/quotas/quotas.feature", "--jobs", "2") == "2"
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert _workers() == "0"


@pytest.mark.parametrize(
    ("written", "given"),
    [
        ("needs-rig", "-m=needs-rig"),
        ("@needs-rig", "-m=needs-rig"),
        ("not @slow and (needs-rig or needs-real-kafka)",
         "-m=not slow and (needs-rig or needs-real-kafka)"),
    ],
)  # fmt: skip
def test_tags_may_be_written_with_or_without_at(written: str, given: str) -> None:
    assert given in _arguments("--tags", written)


def test_a_tag_that_nobody_knows_is_told_with_those_there_are() -> None:
    said = _said("--tags", "needs-rig and quotas")

    assert said.startswith("there is no tag @quotas; there are @needs-rig, ")
    assert said.endswith("An area is selected by its folder: gateproof e2e features/quotas")


def test_no_tags_select_everything() -> None:
    assert not any(argument.startswith("-m") for argument in _arguments("--tags", "  "))


def test_features_of_ones_own_are_added(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "own.feature").touch()

    assert _arguments("--features", str(tmp_path))[-2:] == [
        str(ROOT / "features"),
        str(tmp_path.resolve()),
    ]


def test_a_folder_without_features_is_told_as_such(tmp_path: Path) -> None:
    assert _said("--features", str(tmp_path)) == f"there is no .feature file in {tmp_path}"
    assert _said("--features", "/no/such") == "FEATURES names no folder: /no/such"


@pytest.mark.parametrize(
    "name",
    ["features/quotas", "features/quotas/quotas.feature", "features/quotas/quotas.feature::A"],
)
def test_a_feature_is_found_from_here_or_from_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)

    assert _arguments(name)[-1] == str(ROOT / name)


def test_what_is_here_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "features").mkdir()
    monkeypatch.chdir(tmp_path)

    assert _arguments("features")[-1] == str((tmp_path / "features").resolve())


def test_a_feature_that_is_not_there_is_told_as_such() -> None:
    assert _said("features/none") == (
        "there is no feature features/none; give a folder, a .feature file or FILE::TITLE"
    )


def test_subjects_are_a_folder_with_a_gateway_and_services(tmp_path: Path) -> None:
    assert _said("--subjects", str(tmp_path)).startswith(f"--subjects {tmp_path}: no gateway/")
    for name in ("gateway", "services"):
        (tmp_path / name).mkdir()
    assert f"--gateproof-subjects={tmp_path.resolve()}" in _arguments("--subjects", str(tmp_path))


def test_seed_strictness_and_report_are_handed_on(tmp_path: Path) -> None:
    arguments = _arguments("--seed", "7", "--strict", "--report", str(tmp_path / "r"))

    assert "--randomly-seed=7" in arguments
    assert "--gateproof-strict" in arguments
    assert f"--gateproof-report={tmp_path / 'r'}" in arguments


def test_bad_input_is_one_line_and_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert e2e.run(_options("--env", "moon")) == 2

    out, err = capsys.readouterr()
    assert err == f"gateproof: there is no environment 'moon'; there is {THERE}\n"
    assert out == ""


def _keeper(exit_code: Exit = Exit.PROVED, death: str = "", interrupted: bool = False) -> Any:
    return SimpleNamespace(
        death=death, interrupted=interrupted, results=SimpleNamespace(exit=exit_code)
    )


@pytest.mark.parametrize(
    ("code", "keeper", "exit_code"),
    [
        (0, _keeper(), 0),
        (1, _keeper(Exit.BROKEN), 1),
        (0, _keeper(Exit.BROKEN), 1),  # only the drained journal showed it
        (0, _keeper(Exit.NOTHING_RAN), 2),
        (2, _keeper(interrupted=True), 130),
        (2, _keeper(death="users died"), 3),
        (0, _keeper(death="users died", interrupted=True), 3),  # death wins
        (4, _keeper(), 2),  # a usage error: the lint refused, for example
        (3, _keeper(), 2),
        (5, _keeper(), 2),
        (4, None, 2),
        (0, None, 2),  # no keeper has seen anything proved
    ],
    ids=str,
)
def test_the_exit_code_says_what_the_run_proved(
    code: int, keeper: Any, exit_code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert e2e.exit_of(code, keeper) == exit_code


def test_nothing_selected_is_told_why(capsys: pytest.CaptureFixture[str]) -> None:
    e2e.exit_of(5, None)

    assert capsys.readouterr().err.startswith("gateproof: nothing ran: no scenario is selected")


def test_where_a_gateway_runs_is_handed_on(tmp_path: Path) -> None:
    arguments = _arguments(
        "--env", "external", "--config", "gateway.toml", "--address", "eu-1.proxy=http://g:1",
    )  # fmt: skip

    assert f"--gateproof-config={Path('gateway.toml').absolute()}" in arguments
    assert "--gateproof-address=eu-1.proxy=http://g:1" in arguments


def test_addresses_are_for_a_gateway_that_runs_already() -> None:
    assert _said("--config", "gateway.toml") == (
        "--config and --address are for --env external, found --env embedded"
    )
    assert _said("--env", "external", "--address", "eu-1.proxy") == (
        "--address takes NAME=URL, as in eu-1.proxy=http://…, found 'eu-1.proxy'"
    )
