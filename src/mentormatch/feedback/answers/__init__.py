"""Answers of surveys: scales, ratings, and what they say about criteria."""
