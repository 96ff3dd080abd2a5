"""The programme file: its text, its sections, and the objects that they become."""
