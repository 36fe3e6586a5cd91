"""Pilots: about half a year in the field, with milestones, measures, the programme's grant and an assessment."""
