"""Reports that could not be delivered yet, on disk."""
