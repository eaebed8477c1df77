"""`python -m harness` is `gateproof`."""

import sys

from harness.cli import main

sys.exit(main())
