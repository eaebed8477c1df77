"""`python -m harness.warden`: started by the runner, never by people."""

import sys

from harness.warden.process import main

sys.exit(main(sys.argv[1:]))
