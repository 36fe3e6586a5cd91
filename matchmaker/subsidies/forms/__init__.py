"""Shapes of input about subsidies."""
