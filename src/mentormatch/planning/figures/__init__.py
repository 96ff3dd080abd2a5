"""Where pairs stand, and the figures of a programme with censoring done right."""
