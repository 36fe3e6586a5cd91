"""Forms of suggestions: shape only."""
