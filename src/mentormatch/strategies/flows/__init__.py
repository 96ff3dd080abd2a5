"""Stages settled as flows on the face that is left."""
