"""The sample services of the miniature multi-cloud: `python -m services NAME`."""
