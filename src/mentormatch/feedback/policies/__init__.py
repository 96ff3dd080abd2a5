"""What another way of matching would have given."""
