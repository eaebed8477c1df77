"""The specification as values: what features say, what their sentences need, and the plan of a run."""
