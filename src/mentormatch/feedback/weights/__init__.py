"""Weights learned from ratings, with intervals and a rule for adopting them."""
