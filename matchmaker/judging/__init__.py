"""The selection panel: conflicts, scores, ranking, and decisions released together."""
