"""The front door: home page, search, about, accessibility, privacy."""
