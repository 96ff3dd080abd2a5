"""Engines of the assignment problem, and the choice among them."""
