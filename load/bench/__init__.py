"""The gateway next to other people's: CPU per request first, in rounds, as ratios."""
