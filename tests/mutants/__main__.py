"""`make mutants`: every planted bug has to be noticed, by the scenario that is named for it."""

import sys

from tests.mutants.running import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
