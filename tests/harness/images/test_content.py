"""Equal content has an equal name, and any other content another."""

import ast
import shutil
import sys
from pathlib import Path

import pytest

from harness.images import content
from harness.settings import ROOT

BASE = "python:3.11"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in content.SUBJECTS:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_a_copy_has_the_tag_of_the_original(copy: Path) -> None:
    (copy / "gateway" / "__pycache__").mkdir()
    (copy / "gateway" / "__pycache__" / "app.pyc").write_text("compiled")

    for name in content.OURS:
        assert content.own_tag(name, BASE, copy) == content.own_tag(name, BASE)


def test_a_changed_subject_is_another_image_of_both(copy: Path) -> None:
    (copy / "gateway" / "app.py").write_text("changed")

    for name in content.OURS:
        assert content.own_tag(name, BASE, copy) != content.own_tag(name, BASE)


def test_another_base_is_another_image() -> None:
    assert content.own_tag("subjects", BASE) != content.own_tag("subjects", "python:3.12")
    assert content.own_tag("subjects", BASE) != content.own_tag("suite", BASE)


def test_there_is_a_tag_for_each_base_it_may_be_built_on() -> None:
    assert len(set(content.tags("suite", ["a:1", "b:2"]))) == 2
    assert content.tags("foreign", ["a:1"]) == []
    assert content.tags("redis", []) != content.tags("kafka", [])


def test_the_subjects_are_without_harness_and_the_suite_has_what_a_run_reads() -> None:
    subjects = {piece.name for piece in content.code("subjects")}
    suite = {piece.name for piece in content.code("suite")}

    assert {name.split("/")[1] for name in subjects} == {"gateway", "services"}
    assert "subjects/services/data/users.json" in subjects
    for name in ("conftest.py", "pyproject.toml", "harness/demo.yaml", "compose/images.toml"):
        assert f"suite/{name}" in suite
    assert not any("__pycache__" in name or name.endswith(".pyc") for name in subjects | suite)


NAMES = {
    "jwt": "PyJWT", "cryptography": "PyJWT", "yaml": "PyYAML", "confluent_kafka": "confluent-kafka",
}  # fmt: skip
"""Packages that are asked for under another name than the one that is imported."""


def test_the_subjects_ask_for_what_they_import_and_for_nothing_else() -> None:
    imported = set()
    for file in (file for folder in content.SUBJECTS for file in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                imported |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").partition(".")[0])
    imported -= {*sys.stdlib_module_names, *content.SUBJECTS}

    asked = {root.partition("[")[0] for root in content.roots("subjects")}

    assert {NAMES.get(name, name) for name in imported} == asked
    assert asked <= {root.partition(">")[0].partition("[")[0] for root in content.roots("suite")}
