"""Adoption kits: what a second agency needs to buy what a first one has tried, filled from the item's passport."""
