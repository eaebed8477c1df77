"""The short pages: tags and capabilities, deviations, faults, waiting times, verdicts."""

import io
import re
import tokenize
from collections.abc import Mapping
from typing import Any

from docs.handbook.gaps import NoWords
from docs.handbook.markdown import code, codes, first_line, page, sentence, table
from harness import faults, patience
from harness.environments import ENVIRONMENTS
from harness.environments.contract import Options
from harness.gateways import GATEWAYS
from harness.gateways.from_kong import FROM_KONG
from harness.scenario import faulting
from harness.settings import ROOT, read
from harness.specification.tags import FIDELITY, TAGS
from harness.verdicts import Exit, Verdict


def tags() -> str:
    tag_rows = [[code(f"@{tag}"), sentence(says)] for tag, says in TAGS.items()]
    needs = [[code(f"@{tag}"), kind, wanted] for tag, (kind, wanted) in FIDELITY.items()]
    fidelity = [
        [name, *_fidelity(made(read(), Options()).fidelity)] for name, made in ENVIRONMENTS.items()
    ]
    capabilities = [[name, codes(sorted(one.capabilities))] for name, one in GATEWAYS.items()]
    return page(
        "Tags and capabilities",
        'A tag only selects: `make e2e TAGS="needs-rig and not slow"`. A tag that is not in this '
        "table stops the run.",
        table(["tag", "says"], tag_rows),
        "## How real a resource has to be",
        "A scenario with such a tag is *not runnable here* where the resource is less than that.",
        table(["tag", "resource", "has to be"], needs),
        "## How real each resource is",
        table(["environment", *_kinds()], fidelity),
        "## What each gateway under test can do",
        table(["gateway", "capabilities"], capabilities),
    )


def _fidelity(known: Mapping[str, str]) -> list[str]:
    """What an environment says of each kind; one that runs already has what is found there."""
    return [str(known.get(kind, "absent")) if known else "as found" for kind in _kinds()]


def _kinds() -> list[str]:
    return sorted(
        {kind for made in ENVIRONMENTS.values() for kind in made(read(), Options()).fidelity}
    )


def deviations() -> str:
    known = [
        [name, one.promise, one.reason]
        for name, gateway in GATEWAYS.items()
        for one in gateway.deviations
    ]
    return page(
        "Deviations",
        "Where the reference gateway differs from Kong on purpose: Kong's default is a trap there.",
        table(
            ["the reference gateway", "why"],
            [[one.promise, one.reason] for one in FROM_KONG],
        ),
        "## What a gateway under test is known to do otherwise than the features promise",
        table(["gateway", "promise", "reason"], known) if known else "None.",
    )


def fault_kinds() -> str:
    rows = []
    for name, function in faults.FAULTS.items():
        if not function.__doc__:
            raise NoWords(f"the fault {name!r} has no docstring; write one where it is defined")
        kind = function.__module__.rpartition(".")[2]
        rows.append([code(name), kind, sentence(first_line(function.__doc__))])
    links = [[words, code(name)] for words, name in faulting.LINKS.items()]
    resources = [[words, code(name)] for words, name in faulting.RESOURCES.items()]
    return page(
        "Faults",
        "What can be broken on purpose, in a rig of the scenario's own. A fault that has no effect "
        "breaks its scenario: it would prove nothing.",
        table(["fault", "on a", "does"], rows),
        "## Links and resources by the names that features use",
        table(["link", "address"], links),
        table(["resource", "part"], resources),
    )


def waiting_times() -> str:
    rows = [[code(name), f"{value:g} s", sentence(says)] for name, value, says in _limits()]
    return page(
        "Waiting times",
        "A wait ends as soon as its condition holds. These are the limits after which it gives up and "
        "says what it waited for.",
        table(["limit", "at most", "for what"], rows),
    )


def _limits() -> list[tuple[str, float, str]]:
    """Every limit with the comment that stands behind it."""
    text = (ROOT / "harness/patience.py").read_text("utf-8")
    comments = {
        token.start[0]: token.string.lstrip("# ")
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
    }
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if named := re.match(r"([A-Z][A-Z_]+_S) = ", line):
            if number not in comments:
                raise NoWords(
                    f"{named[1]} has no comment; write one behind it in harness/patience.py"
                )
            found.append((named[1], getattr(patience, named[1]), comments[number]))
    return found


VERDICTS: dict[str, str] = {
    "proved": "every Then held, and nothing that arrived later spoke against it",
    "broken": "the gateway did not keep the promise; or a fault had no effect; or a late arrival",
    "unknown": "it cannot be told: a call timed out, the environment or a worker died",
    "known deviation": "it differs in a way that its adapter declares, with a reason",
    "not supported": "the gateway lacks a capability that the scenario needs",
    "not runnable here": "the environment is not real enough for it, or cannot give a rig",
}
EXITS: dict[int, str] = {
    0: "at least one scenario proved, none broken or unknown",
    1: "something broken or unknown; with `--strict` also something not runnable here",
    2: "nothing ran: bad input, a finding of the lint, nothing selected",
    3: "the environment died; this outweighs every verdict",
    130: "interrupted: what was under way is not judged",
}


def verdicts() -> str:
    return page(
        "Verdicts and exit codes",
        'What a scenario can get. They are counted apart and never folded into "passed".',
        table(
            ["verdict", "means"], [[str(one), sentence(_words(VERDICTS, one))] for one in Verdict]
        ),
        "## Exit codes of `gateproof e2e`",
        "`make` itself can only say 0 or not 0; `verdict.json` has the exact code in `exit`.",
        table(["code", "means"], [[str(int(one)), sentence(_words(EXITS, one))] for one in Exit]),
    )


def _words(words: Mapping[Any, str], key: object) -> str:
    if key not in words:
        raise NoWords(f"{key!r} has no words yet; add them in handbook/plain.py")
    return words[key]
