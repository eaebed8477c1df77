"""Where a run's verdicts come from: what it ran on, with what, and what could not run."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from harness.report.page.text import counted, seconds
from harness.report.run import NOT_RUN, Run, Scenario, said
from harness.verdicts import Verdict

Rows = list[tuple[str, str]]

_EXITS = {
    0: "0: proved, nothing broken or unknown",
    1: "1: something is broken or unknown",
    2: "2: nothing ran",
    3: "3: the environment died",
    130: "130: interrupted",
}


def sections(run: Run) -> list[tuple[str, Rows]]:
    """Every fact by its heading; what the file does not say is `not recorded`."""
    return [
        ("The run", _run(run)),
        ("How real the parts were", _rows(run.fidelity) or [("fidelity", said(""))]),
        ("Versions", [("gateproof", said(run.gateproof)), *_rows(run.versions)]),
        ("Images", [(name, _image(one)) for name, one in run.images.items()]),
        ("The machine", _machine(run)),
        ("What it cost", _cost(run)),
        ("Waited for", [(why, seconds(took)) for why, took in run.waits]),
    ]


def _run(run: Run) -> Rows:
    dirty = " with changes that are not committed" if run.dirty else ""
    commit = f"{run.commit}{dirty}" if run.commit else said("")
    return [
        ("began", when(run.began) or said("")),
        ("took", seconds(run.took_s) or said("")),
        ("environment", said(run.environment)),
        ("gateway", said(run.gateway)),
        ("commit", commit),
        ("seed", said(run.seed)),
        ("at once", said(run.jobs)),
        ("selected", _selection(run.selection)),
        *(("recorded", words) for words in run.left_out),
        ("exit code", _EXITS.get(run.exit, said(run.exit)) if run.exit is not None else said("")),
    ]


def when(at: float | None) -> str:
    """A moment in UTC; empty where there is none, or none that a calendar has."""
    if at is None:
        return ""
    try:
        return datetime.fromtimestamp(at, UTC).strftime("%-d %B %Y, %H:%M:%S UTC")
    except (ValueError, OverflowError, OSError):
        return ""


def _selection(selection: Mapping[str, Any]) -> str:
    words = [f"tags {selection['tags']}"] if selection.get("tags") else []
    chosen = selection.get("selected")
    if isinstance(chosen, list) and chosen not in ([], ["features"]):
        words.append(", ".join(map(str, chosen)))
    if selection.get("features"):
        words.append(f"and the features in {selection['features']}")
    return "; ".join(words) or ("everything" if selection else said(""))


def _rows(values: Mapping[str, object]) -> Rows:
    return [(str(name), _plain(value)) for name, value in values.items()]


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_plain(one)}" for name, one in value.items())
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return said(value)


def _image(image: Mapping[str, Any]) -> str:
    return " ".join(filter(None, (str(image.get("reference", "")), str(image.get("digest", "")))))


def _machine(run: Run) -> Rows:
    machine = run.machine
    if not machine:
        return [("machine", said(""))]
    memory = machine.get("memory_mib")
    known = [
        ("system", said(machine.get("system"))),
        ("architecture", said(machine.get("arch"))),
        ("processors", said(machine.get("processors"))),
        ("memory", f"{memory:,} MiB" if isinstance(memory, int | float) else said("")),
        ("Python", said(machine.get("python"))),
    ]
    others = {"system", "arch", "processors", "memory_mib", "python"}
    return [*known, *_rows({k: v for k, v in machine.items() if k not in others})]


def _cost(run: Run) -> Rows:
    rows = [_with_unit(name, value) for name, value in run.cost.items()]
    shared = next((one for one in run.opened if one.rig == "shared" and one.took_s), None)
    if shared is not None and shared.took_s is not None:
        parts = ", ".join(f"{part} {seconds(took)}" for part, took in shared.critical_path)
        rows.insert(0, ("environment ready", f"{seconds(shared.took_s)}: {parts}"))
    rigs = {one.rig for one in run.opened} - {"shared"}
    if rigs:
        rows.append(
            ("rigs", counted(len(rigs), "environment of its own", "environments of their own"))
        )
    return rows


_UNITS = {"_mib": " MiB", "_s": " s"}


def _with_unit(name: str, value: object) -> tuple[str, str]:
    """`memory_mib` is memory in MiB."""
    for ending, unit in _UNITS.items():
        if name.endswith(ending):
            return name.removesuffix(ending).replace("cpu", "CPU time"), _plain(value) + unit
    return name.replace("_", " "), _plain(value)


def unrunnable(run: Run) -> list[tuple[str, list[Scenario]]]:
    """What was selected and could not run here, by its reason."""
    found: dict[str, list[Scenario]] = defaultdict(list)
    for scenario in run.scenarios:
        left_out = scenario.verdict in (Verdict.NOT_RUNNABLE, Verdict.NOT_SUPPORTED)
        if left_out or (scenario.verdict == NOT_RUN and scenario.selected and scenario.reason):
            found[scenario.reason or "no reason is recorded"].append(scenario)
    return list(found.items())
