"""Bounds on the total and on coverage, from prices and cuts."""
