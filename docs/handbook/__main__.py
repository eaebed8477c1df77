"""`make reference`: draw the reference anew, or say what is out of date."""

import argparse
import sys
from collections.abc import Sequence


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(
        prog="python -m docs.handbook",
        description="Draws docs/reference/ from the code. `make reference` does the same.",
        epilog="Exit codes: 0 written, or current; 1 something is out of date or has no words yet.",
    )
    found.add_argument(
        "--check", action="store_true", help="write nothing, and say which pages are out of date"
    )
    return found


def main(argv: Sequence[str] | None = None) -> int:
    from docs.handbook import pages
    from docs.handbook.gaps import NoWords

    given = parser().parse_args(argv)
    try:
        changed = pages.stale() if given.check else pages.write()
    except NoWords as gap:
        sys.stderr.write(f"reference: {gap}\n")
        return 1
    if not changed:
        sys.stdout.write("reference: current\n")
        return 0
    if given.check:
        sys.stderr.write(f"reference: out of date: {', '.join(changed)}; run make reference\n")
        return 1
    sys.stdout.write(f"reference: wrote {', '.join(changed)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
