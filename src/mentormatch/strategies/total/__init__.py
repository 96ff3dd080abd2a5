"""The largest total score, with and without side rules."""
