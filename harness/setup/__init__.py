"""Setting up: from a fresh clone to a `.venv` that everything else runs in. Standard library only."""
