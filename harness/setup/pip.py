"""Runs pip of `.venv` and shows what it does while it does it."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.setup.following import follow
from harness.setup.progress import Progress
from harness.setup.remedies import complaint, remedy

_MISLEADING = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_DRY_RUN", "PIP_REQUIRE_VIRTUALENV")
_COLLECTING = re.compile(r"^(?:Collecting|Requirement already satisfied:) ([\w.\-]+)==?([\w.]+)?")


class PipFailed(Exception):
    """pip did not do what was asked; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Pip:
    """Shape: lock is a file descriptor that pip inherits, so that a setup whose parent was killed
    keeps others out until its pip has ended too."""

    venv: Path
    environ: Mapping[str, str]
    log: Path
    lock: int
    progress: Progress

    def install(self, requirements: Path, *, what: str) -> None:
        """Install a lock file, exactly as it is.

        Errors: PipFailed.
        """
        counter = Counter(self.progress, self.venv, requirements.read_text())
        arguments = ["--require-hashes", "--no-deps", "-r", str(requirements)]
        self.run("install", arguments, what, counter.heard, counter.looked)

    def run(
        self,
        command: str,
        arguments: Iterable[str],
        what: str,
        heard: Callable[[str], None] = lambda line: None,
        looked: Callable[[], None] = lambda: None,
    ) -> None:
        """Run one pip command. `heard` gets each line, `looked` is called while it is silent.

        Errors: PipFailed with pip's complaint and the remedy.
        """
        options = ["--no-input", "--disable-pip-version-check", "--no-color", "--progress-bar=off"]
        argv = [str(self.venv / "bin/python"), "-Im", "pip", command, *options, *arguments]
        lines: list[str] = []

        def remember(line: str) -> None:
            lines.append(line)
            if "connection broken by" in line:
                self.progress.say("the package index does not answer, pip tries again")
            heard(line)

        code = follow(argv, self._environment(), self.lock, remember, looked)
        said = "".join(lines)
        with self.log.open("a") as log:
            log.write(f"$ pip {command} ({what}): exit {code}\n{said}")
        if code:
            raise PipFailed(f"{what} failed: {complaint(said)}; {remedy(said)} (log: {self.log})")

    def _environment(self) -> dict[str, str]:
        """Settings of somebody's pip stay, those that would install elsewhere do not."""
        kept = {name: value for name, value in self.environ.items() if name not in _MISLEADING}
        return {**kept, "PIP_USER": "0"}


class Counter:
    """Counts packages while pip collects and installs them."""

    def __init__(self, progress: Progress, venv: Path, lock: str) -> None:
        self._progress = progress
        self._venv = venv
        self.total = len(re.findall(r"^[\w.\-]+==", lock, re.MULTILINE))
        self._collected = 0
        self._installing = False

    def heard(self, line: str) -> None:
        if line.startswith("Ignoring "):  # its marker is for another platform
            self.total -= 1
        elif found := _COLLECTING.match(line):
            self._collected += 1
            text = f"collecting {found[1]} {found[2] or ''}".rstrip()
            self._progress.count(self._collected, self.total, text)
        elif line.startswith("Installing collected packages"):
            self._installing = True
            self._progress.step(f"installing {self.total} packages")

    def looked(self) -> None:
        """pip says nothing while it installs: what lies in the folder tells."""
        if self._installing and self._progress.stream.isatty():
            done = len(list(self._venv.glob("lib/python*/site-packages/*.dist-info")))
            self._progress.count(min(done, self.total), self.total, "installing")
        else:
            self._progress.tick()
