"""The co-supply catalog: items, their versions, and their listing in a framework agreement."""
