"""Step definitions by domain noun; a sentence calls the harness once."""

MODULES = (
    "steps.documents",
    "steps.policies",
    "steps.functions",
    "steps.calling",
    "steps.answers",
    "steps.arriving",
    "steps.signing_in",
    "steps.replicas",
    "steps.control_plane",
    "steps.analytics",
    "steps.reporting",
    "steps.admin",
)
"""Every module of sentences. A new one is a line here."""
