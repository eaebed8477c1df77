"""Draws `docs/reference/` from the code: `make reference` writes it, a test holds that it is current.

It stands beside the harness, not in it: it reads the tables of both sides, and the harness may not
import what it tests.
"""
