"""The kinds of criteria, one file each."""
