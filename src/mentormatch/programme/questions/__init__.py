"""What a first draft of a programme asks, with the keys that answer it."""
