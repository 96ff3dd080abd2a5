"""Cells with several values, and names of skills."""
