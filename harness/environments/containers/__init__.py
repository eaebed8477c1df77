"""Everything that knows Docker: the only place that imports Testcontainers or its SDK for a run."""
