"""Kinds of files, each read into a table with numbered rows."""
