"""Answers to single questions, each a value that tells itself to its reader."""
