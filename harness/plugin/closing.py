"""The end of a run: its closing record, and everything that is drawn from the journal."""

import time
from pathlib import Path

import pytest

from harness.plugin.recorder import Recorder
from harness.report import Results, history, recording
from harness.report.outputs import Outputs
from harness.settings import read


def close(
    config: pytest.Config, folder: Path, recorder: Recorder, results: Results, *, interrupted: bool
) -> list[str]:
    """Write it. Returns one line for each thing that could not be written."""
    complaints = []
    try:
        recorder.tell(recording.finished(results, at=time.time(), interrupted=interrupted))
        recorder.settled()
    except OSError as error:
        complaints.append(f"{recorder.journal} could not be closed: {error.strerror}")
    if config.getoption("gateproof_bare"):
        return complaints
    outputs = Outputs(folder, step_summary=read().step_summary, history=_history(config))
    return [*complaints, *outputs.write(recorder.journal, known=results)]


def usual_times(config: pytest.Config) -> dict[str, float]:
    """Return how long scenarios usually take, by a history that somebody keeps."""
    kept, option = _history(config), config.getoption
    if kept is None:
        return {}
    try:
        known = history.read(kept)
    except history.BrokenHistory:
        return {}  # the end of the run says so
    return known.like(option("gateproof_gateway"), option("gateproof_env")).expected_s()


def _history(config: pytest.Config) -> Path | None:
    kept = config.getoption("gateproof_history")
    return Path(kept) if kept else None
