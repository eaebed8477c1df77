"""The gateway document: from bytes to a validated, immutable snapshot."""
