"""Removes what killed runs left, wherever an environment may have put it."""

from pathlib import Path

from harness.environments.containers import layout
from harness.images import hops
from harness.settings import Settings
from harness.warden import folders


def sweep(settings: Settings, *, in_docker: bool) -> list[str]:
    """Remove what dead runs left: processes, folders, containers. Returns the runs' names.

    Docker is looked into if asked for, or if a dead run's folder says that the run used it;
    where there is none, nothing is said.
    """
    used_docker: list[Path] = []

    def look(folder: Path) -> None:
        if (folder / layout.MARK).exists():
            used_docker.append(folder)

    swept = folders.sweep(settings.runs_folder, look)
    if (in_docker or used_docker) and not hops.door_problem(settings.surroundings):
        from harness.environments.containers import leftovers

        swept += leftovers.sweep(lambda whose: folders.is_dead(whose.folder))
    return sorted(set(swept))
