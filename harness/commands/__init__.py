"""What `gateproof` can be told to do: one command, one file."""
