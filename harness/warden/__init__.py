"""The warden: one process that owns an environment and everything that runs in it."""
