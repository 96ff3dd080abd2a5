"""Chains of moves between mentors, and what follows from them: costs, seats, bottlenecks."""
