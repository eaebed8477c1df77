"""Fuzzing: bytes that no honest caller or service sends, and an oracle that knows what was meant."""
