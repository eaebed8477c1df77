"""The line that runs a scenario again."""

import shlex


def again(scenario_id: str, gateway: str, environment: str, kafka: str = "") -> str:
    """Draw the command line that runs just this scenario, against what it ran against."""
    words = ["gateproof", "e2e", shlex.quote(scenario_id)]
    if gateway != "reference":
        words += ["--gateway", shlex.quote(gateway)]
    if environment != "embedded":
        words += ["--env", shlex.quote(environment)]
    if kafka:
        words += ["--kafka", shlex.quote(kafka)]
    return " ".join(words)
