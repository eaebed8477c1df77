"""`make fuzz`: bounded, seeded fuzzing of gateway and gate; every finding is replayed by one line."""

import sys

from tests.fuzz.running import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
