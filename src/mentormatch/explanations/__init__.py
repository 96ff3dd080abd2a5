"""Reasons for pairs, in words."""
