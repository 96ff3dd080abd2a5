"""Training and support: skills that are short, workshops, first-time mentors."""
