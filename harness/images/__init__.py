"""Container images: one list of them, where each comes from, and how they are made without a registry."""
