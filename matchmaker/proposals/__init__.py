"""Proposals: written by a startup's people, sealed until opened, screened by staff."""
