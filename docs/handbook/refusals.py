"""The page of refusals: every answer that the reference gateway makes by itself, and what shows it."""

import re
from pathlib import Path

from docs.handbook import specification
from docs.handbook.gaps import NoWords
from docs.handbook.markdown import code, link, page, table
from gateway import refusals
from gateway.refusals import Refusal
from harness.outcomes import OUTCOMES
from harness.settings import ROOT

SHOWN_BY: dict[str, tuple[str, ...]] = {
    "no-route": ("refused as unroutable",),
    "bad-request": ("refused as not HTTP",),
    "no-token": ("refused for want of a token",),
    "multiple-tokens": ("refused as ambiguous",),
    "bad-token": ("refused as unreadable", "refused as unsigned", "refused as wrongly signed"),
    "no-key-claim": ("refused as naming no consumer",),
    "invalid-key-claim": ("refused as badly named",),
    "unknown-key": ("refused as of an unknown consumer",),
    "wrong-algorithm": ("refused as of the wrong algorithm",),
    "invalid-signature": ("refused as forged",),
    "invalid-claim": ("refused as never expiring",),
    "token-expired": ("refused as expired",),
    "token-too-early": ("refused as not yet valid",),
    "no-api-key": ("refused for want of a key",),
    "unknown-api-key": ("refused as an unknown key",),
    "duplicate-api-key": ("refused as two keys",),
    "not-allowed": ("refused as of the wrong group",),
    "size-exceeded": ("refused as too large",),
    "over-quota": ("refused as over quota",),
    "counters-unavailable": ("refused for want of a quota",),
    "upstream-failed": ("failed as unreachable",),
    "upstream-timeout": ("failed as too slow",),
    "function-odd": ("failed as a bad function answer",),
    "function-failed": ("failed as a broken function",),
}
"""Which outcomes are this refusal; its status and message are theirs, or it is RESAID."""

RESAID = frozenset({"bad-token", "no-key-claim", "invalid-key-claim", "unknown-key"})
"""The message says more at the moment of refusing: what was wrong with the token, the claim's name."""

TESTED_BY: dict[str, str] = {
    "nobody": "tests/gateway/policies/test_acl.py",
    "size-not-expected": "tests/gateway/policies/test_request_size_limiting.py",
}
"""Refusals that share their words with another, so that no search finds the test of theirs."""

_INTRO = """\
Every answer that the reference gateway makes by itself. Its body is JSON: `message` and `request_id`.
The code goes into analytics as `error-key`. The message is Kong's where Kong has one; a plugin may be
configured to say something else (`rate-limiting` has `error_code` and `error_message`).
"""


def draw() -> str:
    heads = ["code", "status", "message", "as a feature says it", "shown by"]
    return page("Refusals", _INTRO, table(heads, [_row(one) for one in refusals.BY_CODE.values()]))


def _row(refusal: Refusal) -> list[str]:
    phrases = SHOWN_BY.get(refusal.code, ())
    more = " and more" if refusal.code in RESAID else ""
    return [
        code(refusal.code),
        str(refusal.status),
        code(refusal.message) + more,
        ", ".join(f"[{phrase}](outcomes.md)" for phrase in phrases),
        _shown(refusal, phrases),
    ]


def _shown(refusal: Refusal, phrases: tuple[str, ...]) -> str:
    for phrase in phrases:
        if phrase not in OUTCOMES:
            raise NoWords(
                f"{phrase!r} is no outcome any more; correct SHOWN_BY in handbook/refusals.py"
            )
        if example := specification.first_shown(phrase):
            return link(example.title, example.file)
    tested = _named_by_a_test(refusal)
    if tested is None:
        return "nothing yet"
    return f"a test: {link(tested.name, tested.relative_to(ROOT).as_posix())}"


def _named_by_a_test(refusal: Refusal) -> Path | None:
    """Return the first test file that names a refusal: as the code does, by its code, by its message."""
    if refusal.code in TESTED_BY:
        return ROOT / TESTED_BY[refusal.code]
    name = next(key for key, value in vars(refusals).items() if value is refusal)
    same = [one for one in refusals.BY_CODE.values() if one.message == refusal.message]
    for wanted in (f"refusals.{name}", f'"{refusal.code}"', refusal.message):
        if wanted is refusal.message and len(same) > 1:
            return None  # others say the same words
        for path in sorted((ROOT / "tests/gateway").rglob("test_*.py")):
            if re.search(rf"{re.escape(wanted)}(?!\w)", path.read_text("utf-8")):
                return path
    return None
