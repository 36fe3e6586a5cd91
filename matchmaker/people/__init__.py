"""Organisations and the people in them: who may act, for whom, in which role."""
