"""Load: a long mixed one that shows whether the gateway stays as it is."""
