"""Challenges: the need of an agency, from draft to conclusion. An unpublished challenge is a need."""
