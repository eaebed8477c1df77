"""Planted bugs: what this suite would notice, tried one at a time on a copy."""
