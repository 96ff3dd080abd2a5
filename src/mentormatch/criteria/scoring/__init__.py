"""Scoring of all pairs by a set of criteria, block by block."""
