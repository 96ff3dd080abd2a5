"""Fair matchings: maximin, leximin, Nash, parity, even loads."""
