"""Imports point one way: features to steps to harness; subjects know neither each other nor us."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SERVICES = {"users", "orders", "auth", "cloud_gate", "ingest", "upstream"}
EARLY = {
    "harness/bootstrap.py",
    "harness/doctor.py",
    "harness/environments/containers/keeper.py",
    "harness/setup/making.py",
    "harness/setup/relock.py",
}
"""They run before settings can be read, or where there are none: without a virtual environment."""


def _files(*folders: str) -> list[str]:
    return sorted(
        str(path.relative_to(ROOT)) for folder in folders for path in (ROOT / folder).rglob("*.py")
    )


def _imported(file: str) -> Iterator[str]:
    """Every module that a file imports, `from a import b` as both `a` and `a.b`."""
    for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports relatively"
            yield node.module or ""
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_there_is_something_to_look_at() -> None:
    for folder in ("harness", "gateway", "services", "steps"):
        assert len(_files(folder)) >= 5


def _offenders(folder: str, *unwanted: str) -> list[str]:
    """The files of a folder that import one of these, with what they import."""
    return [
        f"{file} imports {module}"
        for file in _files(folder)
        for module in _imported(file)
        if module.partition(".")[0] in unwanted
    ]


def test_the_harness_never_imports_a_subject() -> None:
    assert _offenders("harness", "gateway", "services") == []


def test_the_gateway_knows_nobody() -> None:
    assert _offenders("gateway", "harness", "services", "steps") == []


def test_steps_know_the_harness_and_no_subject() -> None:
    assert _offenders("steps", "gateway", "services") == []


def test_services_know_nobody_outside() -> None:
    assert _offenders("services", "harness", "gateway", "steps") == []


def test_a_service_knows_no_other_service() -> None:
    found = []
    for file in _files("services"):
        own = Path(file).parts[1].removesuffix(".py")
        for module in _imported(file):
            top, _, rest = module.partition(".")
            if top == "services" and rest.partition(".")[0] in SERVICES - {own}:
                found.append(f"{file} imports {module}")

    assert found == []


def test_nobody_needs_the_handbook_which_knows_both_sides() -> None:
    folders = ("harness", "gateway", "services", "steps", "load")

    assert [line for folder in folders for line in _offenders(folder, "docs")] == []


def test_of_the_harness_only_the_commands_know_the_steps() -> None:
    found = [line for line in _offenders("harness", "steps") if "harness/commands/" not in line]

    assert found == []


def _touches_environment(file: str) -> bool:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
        and node.attr in ("environ", "environb", "getenv", "putenv")
        for node in ast.walk(tree)
    ) or any(module in ("os.environ", "os.getenv") for module in _imported(file))


def test_only_settings_read_the_environment() -> None:
    touching = {
        file
        for file in _files("harness", "gateway", "services", "steps", "docs")
        if _touches_environment(file) and Path(file).name != "settings.py"
    }

    assert touching == EARLY


def test_settings_are_what_reads_the_environment() -> None:
    assert all(_touches_environment(f"{name}/settings.py") for name in ("harness", "gateway"))
