"""Matchings drawn by lot."""
