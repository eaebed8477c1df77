"""What a scenario works with: where it plays, who calls whom, what came of it, and what that means."""
