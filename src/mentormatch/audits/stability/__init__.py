"""Blocking pairs, envy, waste, and Pareto-optimality."""
