"""Where results come from."""

import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from harness.environments.contract import Options
from harness.environments.embedded import Embedded
from harness.report import provenance
from harness.settings import read


def _git(folder: Path, *words: str) -> None:
    name = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *name, *words], cwd=folder, check=True, capture_output=True)


def test_a_checkout_has_a_commit_and_may_be_changed(tmp_path: Path) -> None:
    _git(tmp_path, "init", "-q")
    (tmp_path / "a").write_text("1")
    _git(tmp_path, "add", "a")
    _git(tmp_path, "commit", "-qm", "one")
    _git(tmp_path, "tag", "v1")

    commit, dirty = provenance.commit(tmp_path)
    assert (len(commit or ""), dirty) == (40, False)
    (tmp_path / "a").write_text("2")
    assert provenance.commit(tmp_path) == (commit, True)


def test_what_git_does_not_know_is_not_known(tmp_path: Path) -> None:
    assert provenance.commit(tmp_path / "nowhere") == (None, None)


def test_the_machine_is_described_and_not_named() -> None:
    import platform

    machine = provenance.machine()

    assert set(machine) == {"system", "arch", "processors", "memory_mib", "python"}
    assert platform.node() not in str(machine.values())


def test_versions_of_what_took_part() -> None:
    found = provenance.versions(Embedded(read(), Options()))

    assert found["redis"]
    assert found["kafka"].startswith("librdkafka")
    assert found["pytest-bdd"] == "9.0.1"


def test_an_environment_that_tells_no_versions_is_fine() -> None:
    silent: Any = SimpleNamespace(name="silent")

    assert "redis" not in provenance.versions(silent)
    assert provenance.images(silent) == {}
