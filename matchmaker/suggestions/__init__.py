"""Suggestions: which startup fits which challenge, both ways, with reasons."""
