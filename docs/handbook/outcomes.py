"""The page of outcomes: what a phrase after "the call is" means on the wire."""

from docs.handbook import specification
from docs.handbook.markdown import code, link, page, table
from harness.outcomes import ANY, NONE, OUTCOMES, Outcome

_INTRO = """\
A phrase after "the call is", "every call is" and the like is one of these rows. All of a row is
compared. "By the gateway" means that the answer is the gateway's own: its body has a `request_id`
beside the `message`.
"""


def draw() -> str:
    heads = ["the call is …", "status", "message", "headers", "by", "for example"]
    rows = [_row(phrase, outcome) for phrase, outcome in OUTCOMES.items()]
    return page("Outcomes", _INTRO, table(heads, rows))


def _row(phrase: str, outcome: Outcome) -> list[str]:
    shown = specification.first_shown(phrase)
    return [
        phrase,
        str(outcome.status),
        code(outcome.message) if outcome.message else "any",
        ", ".join(_header(name, value) for name, value in outcome.headers.items()),
        "the gateway" if outcome.by_gateway else "the service",
        link(shown.title, shown.file) if shown else "nowhere yet",
    ]


def _header(name: str, value: str) -> str:
    return {ANY: f"{code(name)} is there", NONE: f"no {code(name)}"}.get(
        value, code(f"{name}: {value}")
    )
