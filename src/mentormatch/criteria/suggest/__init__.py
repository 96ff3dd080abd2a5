"""Suggested criteria for the columns of two tables."""
