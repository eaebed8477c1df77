"""Policies: one file each, run in the order that `order` shows."""
