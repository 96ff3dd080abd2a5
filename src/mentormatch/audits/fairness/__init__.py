"""Outcomes of people and groups, with intervals."""
