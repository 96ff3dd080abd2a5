"""Frontiers between two aims: corners, points between, bounds, and what scenarios attain."""
