"""The first draft of a programme file, from two tables."""
