"""The front door: home page, about, accessibility, privacy."""
