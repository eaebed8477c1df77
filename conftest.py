"""Names the plugin and the step modules; everything else is in harness and steps."""

import steps

pytest_plugins = ["harness.plugin", *steps.MODULES]
