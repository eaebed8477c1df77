"""The first sentence of the page, and what has to be said before anything else."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from harness.report.page.outline import Promise
from harness.report.page.text import counted
from harness.report.run import NOT_RUN, Run
from harness.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Headline:
    """Shape: `verdict` decides the colour and the shape beside the words."""

    words: str
    verdict: str


def headline(promises: Iterable[Promise], death: str = "") -> Headline:
    """Say in one sentence what the run found; what is broken comes before everything else."""
    counts = Counter(promise.verdict for promise in promises)
    total = counts.total()
    broken, unknown = counts[Verdict.BROKEN], counts[Verdict.UNKNOWN]
    proved, not_run = counts[Verdict.PROVED], counts[NOT_RUN]
    if not total:
        return Headline("Nothing is promised here", NOT_RUN)
    if broken:
        words = f"{counted(broken, 'promise is', 'promises are')} broken"
        return Headline(words, Verdict.BROKEN)
    if death:
        return Headline("The environment died under the run", Verdict.UNKNOWN)
    if unknown:
        words = f"{counted(unknown, 'promise', 'promises')} could not be judged"
        return Headline(words, Verdict.UNKNOWN)
    if not_run == total:
        return Headline(f"{counted(total, 'promise')}, not yet put to the test", NOT_RUN)
    if proved == total:
        return Headline("Every promise held", Verdict.PROVED)
    return Headline(f"{proved:,} of {total:,} promises held, none broke", Verdict.PROVED)


def promised(promises: Iterable[Promise]) -> Headline:
    """Say what there is where nothing was run; verdicts, if any, are older."""
    return Headline(counted(sum(1 for _ in promises), "promise"), NOT_RUN)


def notices(run: Run) -> list[str]:
    """What a reader must know before believing the page; empty for a whole, finished run."""
    found = list(run.problems)
    if run.death:
        found.append(f"The environment died: {run.death}")
    if run.interrupted:
        found.append("The run was interrupted: what had not begun by then was not run.")
    found += [f"The run as a whole: {line}" for line in run.stray]
    return found
