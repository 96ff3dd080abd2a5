"""Calendar files: written from a plan, and read for the times at which people are busy."""
