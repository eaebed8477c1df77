"""Every tag a scenario may carry, and what it says. Tags only select."""

from collections.abc import Iterable, Mapping

TAGS: dict[str, str] = {
    "needs-rig": "runs in an environment of its own; exactly the scenarios with an @opens_rig Given",
    "needs-real-kafka": "needs a broker that keeps everything and can be broken (KAFKA=real)",
    "slow": "takes more than two seconds",
}


FIDELITY: dict[str, tuple[str, str]] = {"needs-real-kafka": ("kafka", "real")}
"""Tags that ask how real a resource is: the kind of part, and what it has to be."""


def not_runnable(tags: Iterable[str], environment: str, fidelity: Mapping[str, str]) -> str | None:
    """Say why an environment cannot run a scenario with these tags; None when it can."""
    for tag in sorted(set(tags) & FIDELITY.keys()):
        kind, wanted = FIDELITY[tag]
        found = fidelity.get(kind, "absent")
        if found != wanted:
            return f"@{tag}: needs {kind} to be {wanted}; in {environment} it is {found}"
    return None


def expression(text: str) -> str:
    """Accept a tag expression as people write it, with or without the leading @."""
    return text.replace("@", "").strip()
