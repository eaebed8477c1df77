"""A planted bug: a unified diff under a few lines that say what it breaks and who must notice."""

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
SUBJECTS, HARNESS = "bugs", "harness"
"""Folders of patches: bugs in gateway and services, bugs in the harness itself."""

_NEEDED = {SUBJECTS: ("bug", "scenario", "step"), HARNESS: ("bug", "promise", "test")}
_ALLOWED = {SUBJECTS: {"control"}, HARNESS: set()}
_CHANGED = re.compile(r"^\+\+\+ b/(\S+)", re.MULTILINE)


class Malformed(Exception):
    """A patch file does not say what it has to. One line: which file, what is wrong."""


@dataclass(frozen=True, slots=True)
class Bug:
    """Shape: `noticed_by` is a scenario's id, or the test that must fail for a bug in the harness.

    `step` is the Then that must be the one to break; `control` a scenario that must stay proved.
    `promise` is said by the patch for the harness, and by the scenario's Rule elsewhere.
    """

    id: str
    kind: str
    what: str
    noticed_by: str
    patch: Path
    files: tuple[str, ...]
    step: str = ""
    control: str = ""
    promise: str = ""


def read(path: Path) -> Bug:
    """Read one patch file.

    Errors: Malformed.
    """
    kind = path.parent.name
    head, separator, diff = path.read_text(encoding="utf-8").partition("\n--- ")
    if not separator:
        raise Malformed(f"{path.name}: there is no unified diff below the head")
    said = _head(path.name, head, kind)
    files = tuple(_CHANGED.findall(diff))
    allowed = ("gateway/", "services/") if kind == SUBJECTS else ("harness/", "steps/")
    if not files or any(not file.startswith(allowed) for file in files):
        raise Malformed(f"{path.name}: changes {list(files)}, expected files below {allowed}")
    return Bug(
        id=path.stem,
        kind=kind,
        what=said["bug"],
        noticed_by=said.get("scenario") or said["test"],
        patch=path,
        files=files,
        step=said.get("step", ""),
        control=said.get("control", ""),
        promise=said.get("promise", ""),
    )


def _head(name: str, text: str, kind: str) -> dict[str, str]:
    said: dict[str, str] = {}
    for line in text.splitlines():
        key, colon, value = line.partition(": ")
        if not colon or key in said or key not in {*_NEEDED[kind], *_ALLOWED[kind]}:
            raise Malformed(f"{name}: the head has a line {line!r}; it takes {_NEEDED[kind]}")
        said[key] = value.strip()
    if missing := [key for key in _NEEDED[kind] if not said.get(key)]:
        raise Malformed(f"{name}: the head does not say {' and '.join(missing)}")
    return said


def planted(kind: str, wanted: tuple[str, ...] = (), folder: Path = FOLDER) -> list[Bug]:
    """Return the bugs of a kind by name; `wanted` are beginnings of names.

    Errors: Malformed for a patch that says too little, and for a name that fits none.
    """
    found = [read(path) for path in sorted((folder / kind).glob("*.patch"))]
    return [bug for bug in found if not wanted or bug.id.startswith(wanted)]
