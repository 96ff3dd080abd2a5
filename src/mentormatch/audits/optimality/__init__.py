"""Bounds on the total from prices, and simple improvements."""
