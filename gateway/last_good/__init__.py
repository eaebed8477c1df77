"""The last good document, kept for a start without a control plane."""
