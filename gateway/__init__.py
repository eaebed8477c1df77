"""The reference gateway: pure modules decide, the rim does I/O, `app` wires them."""
