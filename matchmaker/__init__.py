"""Matchmaker: government sets the problem, startups solve it."""

__version__ = "0.1.0"
