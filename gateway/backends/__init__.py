"""Backends: what answers a request that no policy refused."""
