"""`python -m load.page`: how long the page of a big run takes to draw and to open, and its size.

Makes a run of 500 examples with 5 calls each (or as told), draws its page, and opens that in the
Chromium of the system: until its first picture, until it answers a key, and one search.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from harness.report import page, reading
from load.big_run import Size, write

LONGEST_DRAWING_S, LARGEST_MB, SLOWEST_INTERACTION_S = 3.0, 5.0, 1.0
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, slots=True)
class Figures:
    """Units: seconds and megabytes; the cpu_s are what it took of one processor, however busy the
    machine is: reading and drawing, and the page's own thread until it answered a key. What the browser did is None where there is none."""

    examples: int
    calls: int
    journal_mb: float
    read_s: float
    drawn_s: float
    cpu_s: float
    page_mb: float
    painted_s: float | None = None
    answered_s: float | None = None
    answered_cpu_s: float | None = None
    unpacked_s: float | None = None
    searched_s: float | None = None

    @property
    def kept(self) -> bool:
        """Is everything within its bounds?"""
        return (
            self.read_s + self.drawn_s < LONGEST_DRAWING_S
            and self.page_mb < LARGEST_MB
            and (self.answered_s or 0.0) < SLOWEST_INTERACTION_S
        )


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(prog="page", description=(__doc__ or "").partition("\n")[0])
    found.add_argument("--scenarios", type=int, default=500, metavar="N")
    found.add_argument("--calls", type=int, default=5, metavar="N", help="of each scenario")
    found.add_argument("--keep", type=Path, metavar="FOLDER", help="leave journal and page there")
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Print the figures as JSON. Exit codes: 0 within the bounds, 1 not, 2 bad arguments."""
    given = parser().parse_args(argv)
    if given.scenarios < 1 or given.calls < 0:
        sys.stderr.write("page: at least one scenario, and no fewer than no calls\n")
        return 2
    with tempfile.TemporaryDirectory(prefix="gateproof-page-") as scratch:
        folder = given.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        figures = measure(folder, Size(given.scenarios, given.calls))
    sys.stdout.write(json.dumps(asdict(figures), indent=2) + "\n")
    return 0 if figures.kept else 1


def measure(folder: Path, size: Size) -> Figures:
    journal, drawn = folder / "run.ndjson", folder / "index.html"
    write(journal, size)
    began, busy = time.perf_counter(), time.process_time()
    run = reading.read(journal)
    read = time.perf_counter()
    page.write(run, drawn)
    ended = time.perf_counter()
    return Figures(
        size.scenarios,
        size.calls,
        _megabytes(journal),
        round(read - began, 3),
        round(ended - read, 3),
        round(time.process_time() - busy, 3),
        _megabytes(drawn),
        *_opened(drawn),
    )


def _megabytes(path: Path) -> float:
    return round(path.stat().st_size / 1e6, 2)


def _opened(path: Path) -> tuple[float | None, ...]:
    """Open the page and use it; nothing where there is no browser."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        browser = None
    if browser is None:
        sys.stderr.write("page: no Chromium here: only the drawing is measured\n")
        return ()
    with sync_playwright() as tools:
        chromium = tools.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        tab = chromium.new_page(viewport={"width": 1400, "height": 1000})
        tab.goto("about:blank")
        meter = tab.context.new_cdp_session(tab)
        meter.send("Performance.enable", {"timeDomain": "threadTicks"})
        began = time.perf_counter()
        tab.goto(path.as_uri(), wait_until="domcontentloaded")
        tab.keyboard.press("j")
        tab.wait_for_selector(".example > summary:focus")
        answered = time.perf_counter() - began
        metrics = meter.send("Performance.getMetrics")["metrics"]
        busy = next(one["value"] for one in metrics if one["name"] == "TaskDuration")
        painted = tab.evaluate(
            "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
        )
        began = time.perf_counter()
        tab.evaluate("document.querySelector('.example[data-v=proved]').open = true")
        tab.wait_for_selector(".example[data-v=proved] .call")
        unpacked = time.perf_counter() - began
        began = time.perf_counter()
        tab.fill("#q", "Example 7")
        tab.wait_for_selector("#clear:not([hidden])")
        searched = time.perf_counter() - began
        chromium.close()
    return (
        round(painted / 1000, 3) if painted else None,
        *(round(took, 3) for took in (answered, busy, unpacked, searched)),
    )


if __name__ == "__main__":
    sys.exit(main())
