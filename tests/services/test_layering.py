"""A service never imports another service, nor the gateway, nor the harness."""

import ast
from pathlib import Path

import pytest

from services.cli import SERVICES

ROOT = Path(__file__).parents[2] / "services"
NAMES = {module.split(".")[1] for module in SERVICES.values()}
FILES = sorted(ROOT.rglob("*.py"))


def imported(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_imports_stay_inside(file: Path) -> None:
    own = file.relative_to(ROOT).parts[0].removesuffix(".py")
    for module in imported(file):
        top, _, rest = module.partition(".")
        assert top not in ("gateway", "harness", "steps")
        if top == "services" and rest.split(".")[0] in NAMES:
            assert rest.split(".")[0] == own, f"{file} imports {module}"
