"""How a run opens its journal: with a header from what pytest was told, and the specification."""

import shlex
import sys
from collections.abc import Container, Sequence
from typing import Any

import pytest

from harness.environments.contract import Environment
from harness.plugin import selection
from harness.plugin.selection import Asked
from harness.report import provenance, recording
from harness.settings import ROOT
from harness.specification import catalogue
from harness.specification.catalogue import file_id


def header(
    config: pytest.Config,
    run: str,
    began: float,
    environment: Environment,
    asked: Sequence[Asked],
) -> dict[str, Any]:
    bare = config.getoption("gateproof_bare")
    commit, dirty = (None, None) if bare else provenance.commit(ROOT)
    return recording.header(
        run=run,
        gateproof=provenance.gateproof(),
        began=began,
        environment=environment.name,
        fidelity=dict(environment.fidelity),
        gateway=config.getoption("gateproof_gateway"),
        seed=getattr(config.option, "randomly_seed", None),
        jobs=len(getattr(config.option, "tx", None) or ()) or 1,
        commit=commit,
        dirty=dirty,
        machine=provenance.machine(),
        versions={} if bare else dict(provenance.versions(environment)),
        images=dict(provenance.images(environment)),
        selection={
            "tags": config.option.markexpr,
            "selected": [_as_asked(config, one) for one in asked],
            "features": [
                str(one.path)
                for one in asked
                if one.holds_features and not one.path.is_relative_to(ROOT / "features")
            ],
        },
        command=_command(config),
    )


def specification(
    config: pytest.Config, asked: Sequence[Asked], selected: Container[str]
) -> dict[str, Any]:
    """Draw everything that is written in features/ and in the folders that were asked for."""
    own = selection.folders_outside(asked, ROOT / "features")
    files = catalogue.feature_files([ROOT / "features", *own])
    return recording.specification(files, selected, config.rootpath)


def _as_asked(config: pytest.Config, one: Asked) -> str:
    return "::".join(filter(None, (file_id(one.path, config.rootpath), one.title)))


def _command(config: pytest.Config) -> str:
    """What a person typed, or would have: bare pytest is the same run."""
    name = "gateproof" if config.getoption("gateproof_story") else "pytest"
    return shlex.join([name, *sys.argv[1:]])
